"""The card table (https://docs.stripe.com/testing), as the SDK sees it."""

from __future__ import annotations

import pytest
import stripe

from stripe_sandbox.tests.support.shopper import Shopper

DECLINES = [
    ("4000000000000002", "card_declined", "generic_decline"),
    ("4000000000009995", "card_declined", "insufficient_funds"),
    ("4000000000009987", "card_declined", "lost_card"),
    ("4000000000009979", "card_declined", "stolen_card"),
    ("4000000000000069", "expired_card", None),
    ("4000000000000127", "incorrect_cvc", None),
    ("4000000000000119", "processing_error", None),
]


@pytest.mark.parametrize(
    ("number", "brand"),
    [("4242424242424242", "visa"), ("5555555555554444", "mastercard"), ("378282246310005", "amex")],
)
def test_a_good_card_pays_and_tells_its_brand(shopper: Shopper, number: str, brand: str) -> None:
    intent = shopper.pay(shopper.saved(number))
    assert (intent.status, intent.amount_received) == ("succeeded", 5000)
    charge = shopper.v1.charges.retrieve(str(intent.latest_charge))
    assert charge.paid and charge.payment_method_details.card.brand == brand
    assert charge.payment_method_details.card.last4 == number[-4:]


@pytest.mark.parametrize(("number", "code", "decline_code"), DECLINES)
def test_a_declined_card_answers_402_with_the_whole_payment_intent(
    shopper: Shopper, number: str, code: str, decline_code: str | None
) -> None:
    with pytest.raises(stripe.CardError) as caught:
        shopper.pay(shopper.card(number))
    error = caught.value.error
    assert caught.value.http_status == 402
    assert (error.code, error.decline_code) == (code, decline_code)
    intent = error.payment_intent
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error.code == code
    assert intent.latest_charge == error.charge
    assert shopper.v1.charges.retrieve(error.charge).failure_code == code
    assert shopper.events()[-2:] == ["charge.failed", "payment_intent.payment_failed"]


@pytest.mark.parametrize(
    ("number", "network", "advice"),
    [
        ("4000000000000002", "05", "try_again_later"),
        ("4000000000009995", "51", "try_again_later"),
        ("4000000000009987", "41", "do_not_try_again"),
        ("4000000000009979", "43", "do_not_try_again"),
        ("4000000000000069", "54", "confirm_card_data"),
        ("4000000000000127", "N7", "confirm_card_data"),
        ("4000000000000119", "96", "try_again_later"),
    ],
)
def test_a_decline_says_what_the_network_says_and_advises(
    shopper: Shopper, number: str, network: str, advice: str
) -> None:
    with pytest.raises(stripe.CardError) as caught:
        shopper.pay(shopper.card(number))
    error = caught.value.error
    last = error.payment_intent.last_payment_error
    outcome = shopper.v1.charges.retrieve(error.charge).outcome
    assert outcome is not None
    for told in (error, last, outcome):
        assert (told.network_decline_code, told.advice_code) == (network, advice)
    assert (outcome.type, outcome.network_status) == ("issuer_declined", "declined_by_network")
    with pytest.raises(stripe.CardError) as not_saved:
        shopper.set_up(shopper.card(number))
    refused = not_saved.value.error
    assert refused.advice_code == refused.setup_intent.last_setup_error.advice_code == advice


def test_the_same_number_has_the_same_fingerprint(shopper: Shopper) -> None:
    cards = [
        shopper.v1.payment_methods.retrieve(shopper.card(number)).card
        for number in ("4242424242424242", "4242 4242 4242 4242", "5555555555554444")
    ]
    prints = [card.fingerprint for card in cards if card]
    assert prints[0] == prints[1] != prints[2]


@pytest.mark.parametrize(("number", "code", "decline_code"), DECLINES)
def test_a_declining_card_can_not_be_attached(
    shopper: Shopper, number: str, code: str, decline_code: str | None
) -> None:
    with pytest.raises(stripe.CardError) as caught:
        shopper.saved(number)
    assert (caught.value.error.code, caught.value.error.decline_code) == (code, decline_code)


@pytest.mark.parametrize(("number", "code", "decline_code"), DECLINES)
def test_a_declining_card_can_not_be_set_up(
    shopper: Shopper, number: str, code: str, decline_code: str | None
) -> None:
    with pytest.raises(stripe.CardError) as caught:
        shopper.set_up(shopper.card(number))
    error = caught.value.error
    assert (error.code, error.decline_code) == (code, decline_code)
    assert error.setup_intent.status == "requires_payment_method"
    assert error.setup_intent.last_setup_error.code == code


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"number": "4242424242424241"}, "incorrect_number"),
        ({"exp_month": 13}, "invalid_expiry_month"),
        ({"exp_year": 2020}, "invalid_expiry_year"),
        ({"cvc": "1"}, "invalid_cvc"),
    ],
)
def test_what_can_not_be_a_card_is_refused(shopper: Shopper, details: dict[str, str], code: str) -> None:
    with pytest.raises(stripe.CardError) as caught:
        shopper.card(**{"number": "4242424242424242", **details})
    assert caught.value.error.code == code


@pytest.mark.parametrize("test_id", ["pm_card_visa", "pm_card_mastercard", "pm_card_amex"])
def test_each_use_of_a_test_id_makes_a_new_card(shopper: Shopper, test_id: str) -> None:
    ids = {shopper.v1.payment_methods.attach(test_id, {"customer": shopper.id}).id for _ in range(2)}
    assert len(ids) == 2
    assert test_id not in ids


def off_session(shopper: Shopper, card: str) -> str:
    """`succeeded`, or why a charge without the payer did not."""
    try:
        return shopper.pay(card, off_session=True).status
    except stripe.CardError as error:
        return str(error.error.decline_code or error.error.code)


# https://docs.stripe.com/testing?testing-method=payment-methods: what becomes of a payment with the payer present,
# whether the card can be saved, and what becomes of a charge without the payer once it was set up.
PAYS = ("succeeded", True, "succeeded")


TEST_IDS = {
    "pm_card_visa": PAYS,
    "pm_card_visa_debit": PAYS,
    "pm_card_mastercard_prepaid": PAYS,
    "pm_card_discover": PAYS,
    "pm_card_amex_threeDSecureNotSupported": PAYS,
    "pm_card_threeDSecureOptional": PAYS,
    "pm_card_createDispute": PAYS,
    "pm_card_pendingRefund": PAYS,
    "pm_card_visa_chargeDeclined": ("generic_decline", False, ""),
    "pm_card_visa_chargeDeclinedInsufficientFunds": ("insufficient_funds", False, ""),
    "pm_card_visa_chargeDeclinedLostCard": ("lost_card", False, ""),
    "pm_card_visa_chargeDeclinedStolenCard": ("stolen_card", False, ""),
    "pm_card_visa_chargeDeclinedVelocityLimitExceeded": ("card_velocity_exceeded", False, ""),
    "pm_card_chargeDeclinedExpiredCard": ("expired_card", False, ""),
    "pm_card_chargeDeclinedIncorrectCvc": ("incorrect_cvc", False, ""),
    "pm_card_chargeDeclinedProcessingError": ("processing_error", False, ""),
    "pm_card_chargeCustomerFail": ("generic_decline", True, "generic_decline"),
    "pm_card_authenticationRequiredOnSetup": ("requires_action", True, "succeeded"),
    "pm_card_authenticationRequired": ("requires_action", True, "authentication_required"),
    "pm_card_authenticationRequiredSetupForOffSession": ("requires_action", True, "succeeded"),
    "pm_card_threeDSecure2Required": ("requires_action", True, "authentication_required"),
}


@pytest.mark.parametrize("test_id", TEST_IDS)
def test_a_test_id_does_what_stripes_page_says(shopper: Shopper, test_id: str) -> None:
    on_session, can_be_saved, later = TEST_IDS[test_id]
    try:
        paid = shopper.pay(test_id, use_stripe_sdk=True).status
    except stripe.CardError as error:
        paid = str(error.error.decline_code or error.error.code)
    assert paid == on_session
    if not can_be_saved:
        with pytest.raises(stripe.CardError):
            shopper.set_up(test_id)
        return
    setup = shopper.set_up(test_id)
    if setup.status == "requires_action":
        shopper.answer(setup, "complete")
    assert off_session(shopper, str(setup.payment_method)) == later


def test_a_card_that_asks_unless_set_up_asks_a_payer_who_is_there_all_the_same(shopper: Shopper) -> None:
    """https://docs.stripe.com/testing#authentication-and-setup, in its edition of 2026."""
    setup = shopper.set_up("pm_card_authenticationRequiredOnSetup")
    shopper.answer(setup, "complete")
    assert shopper.pay(str(setup.payment_method), use_stripe_sdk=True).status == "requires_action"
    assert off_session(shopper, str(setup.payment_method)) == "succeeded"

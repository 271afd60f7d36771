"""The request that charges a top-up: the same for the same attempt, so that it can't charge twice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from app.billing import topups
from app.billing.topups import requests
from app.extensions import db
from app.models import Organization, PaymentMethod, TopUp
from app.payments.charging import ChargeRequest
from app.payments.errors import OutcomeUnknownError
from tests.factories import OWNER, a_payer, a_stripe_card, usd
from tests.support.sandbox import Sandbox

DECLINES = "pm_card_chargeCustomerFail"
CREATE = "POST /v1/payment_intents"


def begun(token: str = "pm_card_visa") -> tuple[Organization, PaymentMethod, TopUp]:
    """A top-up of $50.00 whose first attempt is made now."""
    organization, card = a_payer(token)
    top_up = topups.begin(organization, usd("50"), card.id, OWNER)
    top_up.attempt = 1
    db.session.commit()
    return organization, card, top_up


def request_of(organization: Organization, card: PaymentMethod, top_up: TopUp) -> ChargeRequest:
    return requests.charge_request(organization, top_up, card, organization.stripe_customer_id or "")


def test_each_attempt_has_a_key_of_its_own_and_the_same_one_always(app: Flask, sandbox: Sandbox) -> None:
    organization, card, top_up = begun()
    first, again = request_of(organization, card, top_up), request_of(organization, card, top_up)
    top_up.attempt = 2
    second = request_of(organization, card, top_up)
    assert first == again
    assert second == replace(first, key=second.key)
    assert second.key != first.key


def test_two_top_ups_of_the_same_amount_have_keys_of_their_own(app: Flask, sandbox: Sandbox) -> None:
    organization, card, top_up = begun()
    other = topups.begin(organization, usd("50"), card.id, OWNER)
    other.attempt = 1
    assert request_of(organization, card, top_up).key != request_of(organization, card, other).key


def test_it_charges_what_was_reviewed_and_says_of_which_top_up(app: Flask, sandbox: Sandbox) -> None:
    organization, card, top_up = begun()
    payment = requests.charge(top_up, request_of(organization, card, top_up))
    assert payment.succeeded
    assert (payment.received, payment.top_up_id, payment.org_id, payment.method_id) == (
        usd("50"),
        str(top_up.id),
        str(organization.id),
        card.stripe_id,
    )


def test_sent_again_it_is_the_same_charge(app: Flask, sandbox: Sandbox) -> None:
    organization, card, top_up = begun()
    request = request_of(organization, card, top_up)
    assert requests.charge(top_up, request).id == requests.charge(top_up, request).id
    assert len(sandbox.charges()) == 1


def test_a_declined_payment_is_tried_again_and_no_second_one_is_made(app: Flask, sandbox: Sandbox) -> None:
    organization, card, top_up = begun(DECLINES)
    declined = requests.charge(top_up, request_of(organization, card, top_up))
    top_up.payment_intent_id, top_up.attempt = declined.id, 2
    db.session.commit()
    other = a_stripe_card(organization)
    paid = requests.charge(top_up, request_of(organization, other, top_up))
    assert (paid.id, paid.succeeded, len(sandbox.payment_intents())) == (declined.id, True, 1)


@pytest.mark.parametrize("token", ["pm_card_visa", DECLINES])
def test_after_a_lost_answer_the_next_attempt_continues_with_the_payment_that_was_made(
    app: Flask, sandbox: Sandbox, token: str
) -> None:
    organization, card, top_up = begun(token)
    sandbox.fail(CREATE, "drop_after", times=3)
    with pytest.raises(OutcomeUnknownError):
        requests.charge(top_up, request_of(organization, card, top_up))
    sandbox.clear_faults()
    top_up.attempt = 2
    db.session.commit()
    other = a_stripe_card(organization, "pm_card_mastercard")
    payment = requests.charge(top_up, request_of(organization, other, top_up))
    [intent] = sandbox.payment_intents()
    assert payment.id == intent.id
    assert len(sandbox.charges()) <= 1


def test_an_attempt_after_one_that_never_arrived_makes_the_payment(app: Flask, sandbox: Sandbox) -> None:
    organization, card, top_up = begun()
    top_up.attempt = 2
    db.session.commit()
    assert requests.charge(top_up, request_of(organization, card, top_up)).succeeded
    assert len(sandbox.charges()) == 1

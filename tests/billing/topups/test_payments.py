"""Top-ups against Stripe's stand-in: charged once, credited once, whatever happens in between."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from flask import Flask

from app.billing import topups
from app.billing.cards.payment_methods import CardNotUsableError
from app.extensions import db
from app.models import CallingState, Organization, TopUpStatus, Wallet
from app.payments import cards
from tests.factories import OWNER, a_payer, a_stripe_card, usd
from tests.support.database import inside
from tests.support.money import assert_ledger_matches, balance, credited
from tests.support.sandbox import Sandbox, deliver_all
from tests.support.topping_up import begin, pay


def test_a_working_card_is_charged_and_credited_immediately(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    top_up = pay(organization, card)
    assert top_up.status is TopUpStatus.SUCCEEDED
    assert balance(organization) == "50.00"
    assert_ledger_matches(organization, sandbox)


def test_paying_twice_charges_once(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    top_up_id = begin(organization, card)
    for _ in range(3):
        topups.pay(organization, top_up_id, card.id, OWNER)
    assert credited(organization) == [50]
    assert_ledger_matches(organization, sandbox)


def test_paying_from_many_tabs_at_the_same_moment_charges_once(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    top_up_id, org_id, card_id = begin(organization, card), organization.id, card.id

    def press(_: int) -> None:
        with inside(app):
            topups.pay(db.session.get_one(Organization, org_id), top_up_id, card_id, OWNER)

    with ThreadPoolExecutor(6) as tabs:
        list(tabs.map(press, range(6)))
    assert credited(organization) == [50]
    assert_ledger_matches(organization, sandbox)


def test_two_top_ups_at_the_same_time_are_both_charged_and_the_balance_is_their_sum(
    app: Flask, sandbox: Sandbox
) -> None:
    organization, card = a_payer()
    wishes = [begin(organization, card, amount) for amount in ("25", "100")]
    org_id, card_id = organization.id, card.id

    def press(top_up_id: UUID) -> None:
        with inside(app):
            topups.pay(db.session.get_one(Organization, org_id), top_up_id, card_id, OWNER)

    with ThreadPoolExecutor(2) as tabs:
        list(tabs.map(press, wishes))
    assert sorted(credited(organization)) == [25, 100]
    assert balance(organization) == "125.00"
    assert_ledger_matches(organization, sandbox)


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("pm_card_chargeCustomerFail", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"),
    ],
)
def test_a_declined_card_charges_nothing_and_another_card_pays_the_same_top_up(
    app: Flask, sandbox: Sandbox, token: str, code: str
) -> None:
    organization, card = a_payer("pm_card_chargeCustomerFail")
    declined = pay(organization, card)
    assert declined.status is TopUpStatus.DECLINED
    assert declined.decline_code
    assert balance(organization) == "0.00"

    good = a_stripe_card(organization)
    paid = topups.pay(organization, declined.id, good.id, OWNER)
    assert paid.status is TopUpStatus.SUCCEEDED
    assert len(sandbox.payment_intents()) == 1, "a top-up has one payment intent for life"
    assert_ledger_matches(organization, sandbox)


def test_a_card_of_another_organization_can_not_pay(app: Flask, sandbox: Sandbox) -> None:
    _, theirs = a_payer()
    organization, mine = a_payer()
    with pytest.raises(CardNotUsableError):
        topups.begin(organization, usd("50"), theirs.id, OWNER)
    top_up_id = begin(organization, mine)
    with pytest.raises(CardNotUsableError):
        topups.pay(organization, top_up_id, theirs.id, OWNER)
    assert sandbox.charges() == []


def test_a_card_detached_at_stripe_meanwhile_declines_in_words(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    cards.detach(card.stripe_id)
    top_up = pay(organization, card)
    assert top_up.status is TopUpStatus.DECLINED
    assert sandbox.charges() == []
    deliver_all(app, sandbox)
    with pytest.raises(CardNotUsableError):
        topups.pay(organization, top_up.id, card.id, OWNER)


def test_a_top_up_wakes_a_paused_organization(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer(alert="20")
    wallet = db.session.get_one(Wallet, (organization.id,))
    wallet.state = CallingState.PAUSED
    db.session.commit()
    pay(organization, card)
    db.session.refresh(wallet)
    assert wallet.state is CallingState.ACTIVE


def test_a_payment_that_succeeded_behind_our_back_is_credited_instead_of_tried_again(
    app: Flask, sandbox: Sandbox
) -> None:
    organization, card = a_payer("pm_card_chargeCustomerFail")
    declined = pay(organization, card)
    good = a_stripe_card(organization)
    sandbox.stripe.v1.payment_intents.confirm(
        declined.payment_intent_id or "",
        {"payment_method": good.stripe_id, "return_url": "http://localhost/"},
    )
    paid = topups.pay(organization, declined.id, good.id, OWNER)
    assert paid.status is TopUpStatus.SUCCEEDED
    assert len(sandbox.charges()) == 1
    assert_ledger_matches(organization, sandbox)


class TestRefunds:
    @pytest.mark.long
    def test_a_refund_takes_the_credit_back_once(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        top_up = pay(organization, card)
        sandbox.stripe.v1.refunds.create({"payment_intent": top_up.payment_intent_id or "", "amount": 2000})
        for _ in range(2):
            deliver_all(app, sandbox)
        assert balance(organization) == "30.00"

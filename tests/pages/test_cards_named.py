"""Wherever a card is named before or after a charge, it is the card of the charge; one that paid can be the default."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app.billing import topups
from app.billing.subscriptions import switches
from app.extensions import db
from app.models import Organization, PaymentMethod, PlanSwitch, TopUp
from tests.factories import OWNER, a_person, a_stripe_card, usd
from tests.support.browsing import Visitor, text_of
from tests.support.plans import DECLINES, a_subscriber, hear_from_stripe, turn_period
from tests.support.sandbox import Sandbox, work_through

PAID = "Mastercard ending in 4444"


def a_top_up(visitor: Visitor, organization: Organization, card: PaymentMethod) -> str:
    """Declined with the default card, then paid with this one."""
    default = db.session.scalars(db.select(PaymentMethod).where(PaymentMethod.is_default)).one()
    top_up = topups.begin(organization, usd("50"), default.id, OWNER)
    topups.pay(organization, top_up.id, default.id, OWNER)
    topups.pay(organization, top_up.id, card.id, OWNER)
    return text_of(visitor.get(f"/billing/wallet/top-ups/{top_up.id}"))


def a_switch(visitor: Visitor, organization: Organization, card: PaymentMethod) -> str:
    switch = switches.begin(organization, "scale", "month", OWNER)
    switches.confirm(organization, switch.id, OWNER)
    address = f"/billing/change-plan/{switch.id}/payments"
    return text_of(visitor.post(address, {"card": str(card.id)}, follow_redirects=True))


def a_renewal(visitor: Visitor, organization: Organization, card: PaymentMethod) -> str:
    return text_of(visitor.post("/billing/renewal", {"card": str(card.id)}, follow_redirects=True))


Pay = Callable[[Visitor, Organization, PaymentMethod], str]


@pytest.mark.long
@pytest.mark.one_of_each(by=lambda: "any")
@pytest.mark.parametrize("pay", [a_top_up, a_switch, a_renewal], ids=lambda pay: pay.__name__)
def test_a_card_that_paid_instead_is_named_and_made_the_default_by_one_button(
    app: Flask, sandbox: Sandbox, visitor: Visitor, pay: Pay
) -> None:
    organization = a_subscriber("growth", token=DECLINES)
    work_through(app)
    if pay is a_renewal:
        turn_period(app, sandbox, organization)
    card = a_stripe_card(organization, "pm_card_mastercard")
    visitor.begin_session(a_person(organization=organization).email)
    said = pay(visitor, organization, card)
    newest = sandbox.charges()[0]
    assert newest.payment_method == card.stripe_id
    assert f"${newest.amount / 100:,.2f} was charged to {PAID}" in said
    assert "Your default card is still Visa ending in 0341." in said
    assert f"Make {PAID} the default" in said
    answer = visitor.post(f"/billing/payment-methods/{card.id}/default", follow_redirects=True)
    assert f"{PAID} is now your default card" in text_of(answer)
    work_through(app)
    turn_period(app, sandbox, organization)
    assert sandbox.charges()[0].payment_method == card.stripe_id


def test_the_default_card_is_offered_nothing(app: Flask, sandbox: Sandbox, visitor: Visitor) -> None:
    organization = a_subscriber("growth")
    visitor.begin_session(a_person(organization=organization).email)
    switch = db.session.scalars(db.select(PlanSwitch)).one()
    assert "the default" not in text_of(visitor.get(f"/billing/change-plan/{switch.id}"))


@pytest.mark.long
def test_an_earlier_try_whose_answer_was_lost_has_paid(
    app: Flask, sandbox: Sandbox, visitor: Visitor
) -> None:
    """Another card was chosen since: page, history and email name the one that was charged."""
    organization = a_subscriber("growth")
    first = db.session.scalars(db.select(PaymentMethod)).one()
    other = a_stripe_card(organization, "pm_card_mastercard")
    top_up = topups.begin(organization, usd("50"), first.id, OWNER)
    sandbox.fail("POST /v1/payment_intents", "drop_after", times=3)
    topups.pay(organization, top_up.id, first.id, OWNER)
    sandbox.clear_faults()
    db.session.get_one(TopUp, (organization.id, top_up.id)).payment_method_id = other.id
    db.session.commit()
    hear_from_stripe(app, sandbox, "payment_intent.")
    visitor.begin_session(a_person(organization=organization).email)
    named = "Visa ending in 4242"
    assert f"$50.00 was charged to {named}" in text_of(visitor.get(f"/billing/wallet/top-ups/{top_up.id}"))
    assert named in text_of(visitor.get("/billing/wallet"))
    facts = db.session.execute(db.text("SELECT facts FROM mail WHERE kind = 'charge'")).scalars().one()
    assert facts["card"] == named

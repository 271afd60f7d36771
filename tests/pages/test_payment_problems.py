"""What people read where Stripe did not do what they asked for: every kind of error at every place, each as what it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import PlanSwitch
from tests.factories import a_person, a_stripe_card
from tests.support.browsing import Visitor, text_of
from tests.support.paying import Owner
from tests.support.plans import ALWAYS_3DS, DECLINES, a_subscriber, sell_plans, switch_to, turn_period
from tests.support.sandbox import Sandbox

PLANS = "/billing/change-plan"
SAYS = {
    "drop_before": ("didn't respond", "hasn't responded yet"),
    "500_before": ("didn't respond", "hasn't responded yet"),
    "html": ("didn't respond", "hasn't responded yet"),
    "429": ("is busy",),
    "401": ("a problem on our side",),
    "400": ("rejected this",),
}
"""What each kind of fault has to be called; no page may call it anything else."""

Ask = Callable[[], TestResponse]


@dataclass
class Scene:
    """Someone who can be asked to come to a place."""

    app: Flask
    sandbox: Sandbox

    def owner(self, token: str = "pm_card_visa") -> Owner:
        return Owner(self.app, token)

    def subscriber(self, plan: str = "growth", *, token: str = "pm_card_visa") -> Visitor:
        organization = a_subscriber(plan, token=token)
        self.organization = organization
        visitor = Visitor(self.app.test_client())
        visitor.begin_session(a_person(organization=organization).email)
        return visitor

    def debtor(self) -> Visitor:
        visitor = self.subscriber(token=DECLINES)
        turn_period(self.app, self.sandbox, self.organization)
        return visitor


def newest_switch() -> UUID:
    db.session.rollback()
    found = db.session.scalar(db.select(PlanSwitch.id).order_by(PlanSwitch.id.desc()))
    assert found is not None
    return found


def paying_a_top_up(scene: Scene) -> Ask:
    owner = scene.owner()
    return lambda: owner.pay(owner.review(), follow_redirects=True)


def canceling_a_top_up(scene: Scene) -> Ask:
    owner = scene.owner(ALWAYS_3DS)
    top_up = owner.review()
    owner.pay(top_up)
    return lambda: owner.post(f"{top_up}/cancellation")


def reading_a_receipt(scene: Scene) -> Ask:
    owner = scene.owner()
    top_up = owner.review()
    owner.pay(top_up)
    return lambda: owner.get(f"{top_up}/receipt")


def adding_a_card(scene: Scene) -> Ask:
    owner = scene.owner()
    return lambda: owner.post("/billing/payment-methods/setups", {"attempt": str(uuid4())})


def saving_a_card(scene: Scene) -> Ask:
    owner = scene.owner()
    made = scene.sandbox.stripe.v1.setup_intents.create(
        {"customer": owner.organization.stripe_customer_id or "", "usage": "off_session"}
    )
    return lambda: owner.post("/billing/payment-methods", {"setup_intent": made.id}, follow_redirects=True)


def removing_a_card(scene: Scene) -> Ask:
    owner = scene.owner()
    card = a_stripe_card(owner.organization, "pm_card_mastercard")
    db.session.commit()
    return lambda: owner.post(f"/billing/payment-methods/{card.id}/removal", follow_redirects=True)


def seeing_a_renewal(scene: Scene) -> Ask:
    visitor = scene.debtor()
    return lambda: visitor.get("/billing/renewal")


def paying_a_renewal(scene: Scene) -> Ask:
    visitor = scene.debtor()
    card = a_stripe_card(scene.organization)
    db.session.commit()
    return lambda: visitor.post("/billing/renewal", {"card": str(card.id)})


def canceling_a_plan(scene: Scene) -> Ask:
    visitor = scene.debtor()
    return lambda: visitor.post("/billing/renewal/cancellation", follow_redirects=True)


def choosing_a_plan(scene: Scene) -> Ask:
    visitor = scene.subscriber()
    return lambda: visitor.post(PLANS, {"plan": "scale:month"}, follow_redirects=True)


def confirming_a_plan(scene: Scene) -> Ask:
    visitor = scene.subscriber()
    visitor.post(PLANS, {"plan": "scale:month"})
    switch = newest_switch()
    return lambda: visitor.post(f"{PLANS}/{switch}/confirmation", follow_redirects=True)


def taking_a_change_back(scene: Scene) -> Ask:
    visitor = scene.subscriber()
    switch_to(scene.organization, "starter")
    return lambda: visitor.post(f"{PLANS}/scheduled/cancellation", follow_redirects=True)


PLACES: dict[str, tuple[Callable[[Scene], Ask], str]] = {
    "paying a top-up": (paying_a_top_up, "POST /v1/payment_intents"),
    "canceling a top-up": (canceling_a_top_up, "POST /v1/payment_intents/*/cancel"),
    "reading a receipt": (reading_a_receipt, "GET /v1/charges/*"),
    "adding a card": (adding_a_card, "POST /v1/setup_intents"),
    "saving a card": (saving_a_card, "GET /v1/setup_intents/*"),
    "removing a card": (removing_a_card, "POST /v1/payment_methods/*/detach"),
    "seeing a renewal": (seeing_a_renewal, "GET /v1/invoices/*"),
    "paying a renewal": (paying_a_renewal, "POST /v1/payment_intents/*/confirm"),
    "canceling a plan": (canceling_a_plan, "GET /v1/subscriptions/*"),
    "choosing a plan": (choosing_a_plan, "GET /v1/subscriptions/*"),
    "confirming a plan": (confirming_a_plan, "GET /v1/subscriptions/*"),
    "taking a change back": (taking_a_change_back, "GET /v1/subscriptions/*"),
}
OTHERWISE = {("paying a top-up", kind): ("is in progress",) for kind in ("drop_before", "500_before", "html")}
"""A payment whose answer is lost is told as one that is on its way: a job finds out what became of it."""


@pytest.mark.long
@pytest.mark.one_of_each(by=lambda place: PLACES[place][1])
@pytest.mark.parametrize("place", PLACES)
def test_each_kind_of_error_is_told_as_what_it_is(app: Flask, sandbox: Sandbox, place: str) -> None:
    sell_plans()
    arrive, operation = PLACES[place]
    ask = arrive(Scene(app, sandbox))
    for kind, usually in SAYS.items():
        sandbox.fail(operation, kind, times=6)
        answer = ask()
        said = text_of(answer) if "html" in answer.content_type else answer.get_data(as_text=True)
        sandbox.clear_faults()
        says = OTHERWISE.get((place, kind), usually)
        assert any(words in said for words in says), (kind, said)
        others = {words for other, those in SAYS.items() if other != kind for words in those} - set(says)
        assert not [words for words in others if words in said], (kind, said)
        assert "can't be reached" not in said
        assert kind != "400" or place == "paying a top-up" or "testmode_charges_only" in said, said


def test_a_decline_stays_a_decline(app: Flask, sandbox: Sandbox) -> None:
    owner = Owner(app, DECLINES)
    said = text_of(owner.pay(owner.review(), follow_redirects=True))
    assert "The bank declined this payment" in said and "refused" not in said

"""The database is restored to an earlier moment: what Stripe did since comes back by one comparison, each thing once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask

from app import reconciliation
from app.billing import topups
from app.billing.cards import removal
from app.billing.wallet import verification
from app.models import Organization, PaymentMethod, TopUp
from app.payments import intents
from tests.factories import OWNER, a_payer, a_stripe_card, an_organization, usd
from tests.support import one_off_cards
from tests.support.auto_top_ups import look, use
from tests.support.plans import sell_plans, switch_to
from tests.support.restoring import Moment, what_stripe_knows
from tests.support.sandbox import Sandbox, deliver_all, work_through


@dataclass(frozen=True, slots=True)
class Stage:
    """An organization with a card, who has topped up $50, and one that has never been at Stripe."""

    app: Flask
    sandbox: Sandbox
    organization: Organization
    card: PaymentMethod
    paid: TopUp
    newcomer: Organization


@pytest.fixture
def stage(app: Flask, sandbox: Sandbox) -> Stage:
    sell_plans()
    organization, card = a_payer()
    top_up = topups.begin(organization, usd("50"), card.id, OWNER)
    paid = topups.pay(organization, top_up.id, card.id, OWNER)
    newcomer = an_organization("Newcomer")
    reconciliation.run()
    return Stage(app, sandbox, organization, card, paid, newcomer)


def top_up(stage: Stage, amount: str = "25") -> TopUp:
    begun = topups.begin(stage.organization, usd(amount), stage.card.id, OWNER)
    return topups.pay(stage.organization, begun.id, stage.card.id, OWNER)


def top_up_with_entered_cards(stage: Stage) -> None:
    for number, keep in (("378282246310005", True), ("4242424242424242", False)):
        card = one_off_cards.entered(stage.sandbox, number, keep=keep)
        one_off_cards.pay(stage.organization, card)


def top_up_automatically(stage: Stage) -> None:
    use(stage.organization, 40)
    work_through(stage.app)
    look(stage.organization)


def refund(stage: Stage) -> None:
    for paid, cents in ((stage.paid, 1500), (top_up(stage), 1000)):
        charge = intents.fetch(paid.payment_intent_id or "").charge_id
        stage.sandbox.stripe.v1.refunds.create({"charge": charge or "", "amount": cents})


def dispute(stage: Stage) -> None:
    for paid, outcome in ((stage.paid, "lost"), (top_up(stage), "won"), (top_up(stage), None)):
        charge = intents.fetch(paid.payment_intent_id or "").charge_id
        opened = stage.sandbox.control.open_dispute(charge or "")
        if outcome is not None:
            stage.sandbox.control.decide_dispute(str(opened["id"]), outcome)


def change_cards(stage: Stage) -> None:
    added = a_stripe_card(stage.organization, "pm_card_mastercard")
    removal.make_default(stage.organization, added.id, OWNER)
    work_through(stage.app)
    removal.remove(stage.organization, stage.card.id, OWNER)


def switch_and_plan_another(stage: Stage) -> None:
    switch_to(stage.organization, "scale")
    switch_to(stage.organization, "growth")


def come_to_stripe(stage: Stage) -> None:
    card = a_stripe_card(stage.newcomer)
    begun = topups.begin(stage.newcomer, usd("100"), card.id, OWNER)
    topups.pay(stage.newcomer, begun.id, card.id, OWNER)
    switch_to(stage.newcomer, "growth")


SINCE: tuple[Callable[[Stage], object], ...] = (
    top_up,
    top_up_with_entered_cards,
    refund,
    dispute,
    switch_and_plan_another,
    change_cards,
    come_to_stripe,
)


def forget_and_compare(stage: Stage, *since: Callable[[Stage], object]) -> None:
    """Let all that happen, be forgotten, and come back: the same, and once."""
    moment = Moment()
    for happens in since:
        happens(stage)
    deliver_all(stage.app, stage.sandbox)
    reconciliation.run()
    work_through(stage.app)
    both = (stage.organization.id, stage.newcomer.id)
    before = [what_stripe_knows(one) for one in both]
    charged = len(stage.sandbox.charges())
    moment.restore()
    run = reconciliation.run()
    work_through(stage.app)
    assert run.error is None
    assert [what_stripe_knows(one) for one in both] == before
    assert verification.check() == []
    deliver_all(stage.app, stage.sandbox)  # of what the comparison has told Stripe
    again = reconciliation.run()
    assert (again.fixed, again.error) == ([], None)
    assert len(stage.sandbox.charges()) == charged


def test_payments_refunds_and_cards_come_back(stage: Stage) -> None:
    forget_and_compare(stage, top_up, refund, change_cards)


@pytest.mark.long
def test_everything_that_stripe_knows_comes_back(stage: Stage) -> None:
    forget_and_compare(stage, *SINCE)


@pytest.mark.long
@pytest.mark.parametrize("happens", SINCE)
def test_each_comes_back_by_itself(stage: Stage, happens: Callable[[Stage], object]) -> None:
    forget_and_compare(stage, happens)

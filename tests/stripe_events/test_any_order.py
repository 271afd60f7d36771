"""Refunds and disputes of one top-up, with Stripe's events in every order, twice, or never: one right ledger.

The stand-in plays what happens in the order in which it can happen. What it tells of it arrives as it likes, each time
handled against the object as it is by then; what never arrives, a reconciliation makes up for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stripe.params import EventListParams

from app.billing import topups
from app.billing.audit import STRIPE
from app.billing.topups import disputes, refunds
from app.billing.wallet import calling_state, ledger, verification
from app.billing.wallet.ledger import Entry
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import (
    AccountName,
    CallingState,
    Organization,
    PaymentMethod,
    TopUp,
    TopUpStatus,
    TransferKind,
)
from app.money import Money
from app.payments import charging, intents
from app.payments import disputes as stripe_disputes
from app.payments import refunds as stripe_refunds
from app.stripe_events.handling import HANDLERS
from tests.factories import OWNER, a_payer, usd
from tests.support.examples import examples
from tests.support.sandbox import Sandbox

PAID = 5000
"""Cents of the top-up."""
EXAMPLES = examples("ORDER_EXAMPLES", 12)
"""ORDER_EXAMPLES=300 looks deeper."""

cents = st.integers(min_value=1, max_value=1600)


@dataclass(frozen=True)
class Story:
    """What happens at Stripe, in cents: refunds, the dispute after them with its end, and a refund after it was won.

    `fails` is the refund that fails at last, and `spent` what usage has cost meanwhile.
    """

    refunds: list[int]
    disputed: int | None
    outcome: Literal["won", "lost"] | None
    late_refund: int | None
    fails: int | None
    spent: int


@st.composite
def stories(draw: st.DrawFn) -> Story:
    before = draw(st.lists(cents, max_size=2))
    disputed = draw(st.none() | st.just(PAID) | cents)
    outcome = draw(st.sampled_from([None, "won", "lost"])) if disputed else None
    late = draw(st.none() | cents) if outcome == "won" else None
    made = len(before) + (late is not None)
    return Story(
        refunds=before,
        disputed=disputed,
        outcome=outcome,
        late_refund=late,
        fails=draw(st.none() | st.integers(0, made - 1)) if made else None,
        spent=draw(st.sampled_from([0, 1, 2500, PAID])),
    )


@dataclass
class Stage:
    """One top-up that Stripe was paid for and that we have not heard of yet."""

    sandbox: Sandbox
    organization: Organization
    top_up: TopUp
    payment_intent_id: str
    charge_id: str
    refund_ids: list[str] = field(default_factory=list)
    dispute_ids: list[str] = field(default_factory=list)
    standing: dict[str, int] = field(default_factory=dict)
    newest: str = ""

    def news(self) -> list[tuple[str, str]]:
        """The events since the last time that are about this top-up: their type and their object."""
        since: EventListParams = {"ending_before": self.newest} if self.newest else {"limit": 3}
        events = self.sandbox.stripe.v1.events.list(since).data
        self.newest = events[0].id
        return [(event.type, event.data.object["id"]) for event in events if event.type in HANDLERS]

    def play(self, story: Story) -> Iterator[None]:
        """Let the story happen at Stripe, a step at a time, and count what stands of each refund and dispute."""
        for amount in story.refunds:
            self._refund(amount)
            yield
        if story.disputed:
            body = self.sandbox.control.open_dispute(self.charge_id, amount=story.disputed)
            self.dispute_ids.append(body["id"])
            self.standing["dispute"] = story.disputed
            yield
        if story.outcome:
            self.sandbox.control.decide_dispute(self.dispute_ids[0], story.outcome)
            refunded = sum(story.refunds)
            lost = min(story.disputed or 0, PAID - refunded)
            self.standing["dispute"] = lost if story.outcome == "lost" else 0
            yield
        if story.late_refund:
            self._refund(story.late_refund)
            yield
        if story.fails is not None:
            self.sandbox.control.settle_refund(self.refund_ids[story.fails], "fail")
            self.standing[self.refund_ids[story.fails]] = 0
            yield

    def reconcile(self) -> None:
        """What a comparison with Stripe comes to: each of its objects, once."""
        topups.settle(self.organization.id, self.top_up.id, intents.fetch(self.payment_intent_id), STRIPE)
        db.session.commit()
        for dispute_id in self.dispute_ids:
            disputes.apply(stripe_disputes.fetch(dispute_id))
            db.session.commit()
        for refund_id in self.refund_ids:
            refunds.apply(stripe_refunds.fetch(refund_id))
            db.session.commit()

    def _refund(self, amount: int) -> None:
        made = self.sandbox.stripe.v1.refunds.create({"charge": self.charge_id, "amount": amount})
        self.refund_ids.append(made.id)
        self.standing[made.id] = amount


@pytest.fixture
def payer(app: Flask, sandbox: Sandbox) -> tuple[Organization, PaymentMethod]:
    """The organization of all examples: each finds its wallet as if it were new."""
    return a_payer()


def set_up(sandbox: Sandbox, payer: tuple[Organization, PaymentMethod], spent: int) -> Stage:
    """Stripe has charged the card; the process was killed before it knew. Usage has cost `spent` cents."""
    organization, card = payer
    _owe(organization, spent)
    top_up = topups.begin(organization, usd("50"), card.id, OWNER)
    top_up.status, top_up.attempt, top_up.claimed_at = TopUpStatus.PAYING, 1, utc_now()
    db.session.commit()
    request = topups.requests.charge_request(
        organization, top_up, card, organization.stripe_customer_id or ""
    )
    payment = charging.charge(request)
    return Stage(sandbox, organization, top_up, payment.id, payment.charge_id or "")


def _owe(organization: Organization, cents: int) -> None:
    """Leave the wallet this much below zero."""
    wallet = ledger.lock(organization.id)
    change = -cents * 10_000 - wallet.posted_micro
    if change:
        accounts = (AccountName.ADJUSTMENTS, AccountName.WALLET)
        debit, credit = accounts if change > 0 else reversed(accounts)
        amount, source = Money(abs(change), "USD"), f"used:{uuid7()}"
        ledger.post(wallet, Entry(TransferKind.ADJUSTMENT, source, debit, credit, amount, utc_now()))
    calling_state.reassess(wallet, utc_now())
    db.session.commit()


def handle(event: tuple[str, str]) -> None:
    """Handle what an event says, as the worker does."""
    kind, object_id = event
    HANDLERS[kind](object_id)
    db.session.commit()


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(story=stories(), arrival=st.data())
def test_whatever_arrives_the_ledger_ends_right(
    sandbox: Sandbox, payer: tuple[Organization, PaymentMethod], story: Story, arrival: st.DataObject
) -> None:
    stage = set_up(sandbox, payer, story.spent)
    waiting = stage.news()
    for _ in stage.play(story):
        waiting += stage.news()
        for event in arrival.draw(st.lists(st.sampled_from(waiting), max_size=2), label="arrive together"):
            handle(event)
    late = arrival.draw(st.permutations(waiting), label="arrive in the end")
    lost = arrival.draw(st.just(0) | st.integers(0, len(late)), label="of these never arrive")
    for event in late[lost:]:
        handle(event)
    if not lost:
        assert_right(stage, story)
    stage.reconcile()
    assert_right(stage, story)


def assert_right(stage: Stage, story: Story) -> None:
    """The wallet has what was paid less what stands of each refund and dispute, and calling follows it."""
    db.session.rollback()
    wallet = ledger.lock(stage.organization.id)
    left = PAID - sum(stage.standing.values()) - story.spent
    assert wallet.posted_micro == left * 10_000
    assert wallet.state is (CallingState.PAUSED if left <= 0 else CallingState.ACTIVE)
    assert verification.check() == []
    db.session.rollback()

"""Handling stored events: once with effect, and what Stripe has no more or doesn't agree with is said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from app.billing.cards import payment_methods
from app.clock import utc_now
from app.extensions import db
from app.models import EventState, StripeEvent, TopUp
from app.stripe_events import review
from app.stripe_events.handling import handle
from tests.factories import a_payer, a_stripe_card
from tests.support.arrived_events import Story
from tests.support.events import an_event, row_of, send
from tests.support.money import assert_ledger_matches, balance
from tests.support.sandbox import Sandbox, work_through


def test_the_worker_handles_what_arrived(app: Flask, sandbox: Sandbox, story: Story) -> None:
    work_through(app)
    assert (story.row.state, story.row.note, story.row.attempts) == (EventState.HANDLED, None, 1)
    assert balance(story.organization) == "50.00"
    assert handle(story.event_id) is None, "handled is handled"
    assert_ledger_matches(story.organization, sandbox)


def test_replaying_what_was_handled_changes_nothing(app: Flask, sandbox: Sandbox, story: Story) -> None:
    work_through(app)
    review.replay(story.event_id)
    db.session.commit()
    work_through(app)
    assert story.row.state is EventState.HANDLED
    assert balance(story.organization) == "50.00"
    assert_ledger_matches(story.organization, sandbox)


def test_a_payment_that_does_not_match_is_refused_once_and_waits_for_someone(
    app: Flask, sandbox: Sandbox, story: Story
) -> None:
    db.session.execute(update(TopUp).values(amount_micro=49_000_000))
    db.session.commit()
    work_through(app)
    assert story.row.state is EventState.REFUSED
    assert story.payment.id in (story.row.note or "")
    assert balance(story.organization) == "0.00"
    assert review.counts()[EventState.REFUSED] == 1
    assert review.list_failed() == [], "it is looked at first, and replayed by its id"


@pytest.mark.parametrize(
    ("type_", "object_id"),
    [
        ("payment_intent.succeeded", "pi_deleted"),
        ("setup_intent.succeeded", "seti_deleted"),
        ("payment_method.attached", "pm_deleted"),
        ("payment_method.detached", "pm_deleted"),
        ("refund.created", "re_deleted"),
        ("charge.dispute.created", "du_deleted"),
        ("invoice.payment_failed", "in_deleted"),
    ],
)
def test_what_stripe_has_no_more_is_done_with_in_words(
    app: Flask, sandbox: Sandbox, type_: str, object_id: str
) -> None:
    event = an_event(type_, object_id)
    send(app.test_client(), event)
    work_through(app)
    row = row_of(event["id"])
    assert row.state is EventState.IGNORED
    assert row.note


def test_a_card_that_stripe_has_no_more_is_forgotten(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    gone = a_stripe_card(organization, "pm_card_mastercard")
    gone.stripe_id = "pm_deleted"
    db.session.commit()
    send(app.test_client(), an_event("payment_method.detached", "pm_deleted"))
    work_through(app)
    db.session.rollback()
    assert [one.id for one in payment_methods.saved(organization.id)] == [card.id]


def test_old_events_that_are_done_with_are_forgotten_and_no_others(app: Flask) -> None:
    client = app.test_client()
    old, young = utc_now() - timedelta(days=91), utc_now() - timedelta(days=89)
    made = {}
    for state in EventState:
        for age in (old, young):
            event = an_event()
            send(client, event)
            made[state, age] = event["id"]
            values = {"state": state, "received_at": age}
            db.session.execute(update(StripeEvent).where(StripeEvent.id == event["id"]).values(values))
    db.session.commit()
    assert review.delete_old() == 2
    left = set(db.session.scalars(db.select(StripeEvent.id)))
    assert left == set(made.values()) - {made[EventState.HANDLED, old], made[EventState.IGNORED, old]}
    assert timedelta(days=30) < review.KEPT_FOR, "for so long Stripe can send an event again"

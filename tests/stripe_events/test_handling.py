"""Handling stored events: tried again for days, listed when given up, and never twice with effect."""

from __future__ import annotations

import os
import time
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text, update
from sqlalchemy.exc import OperationalError

from app.billing import topups
from app.billing.cards import payment_methods
from app.clock import utc_now
from app.extensions import db, enqueue
from app.models import EventState, StripeEvent, TopUp, TopUpStatus
from app.payments import charging
from app.stripe_events import review
from app.stripe_events.handling import CLAIMED_FOR, MAX_ATTEMPTS, find_stale, handle, wait_after
from config import Settings
from tests.factories import OWNER, a_payer, a_stripe_card, usd
from tests.support import programs
from tests.support.database import owner
from tests.support.events import an_event, row_of, send
from tests.support.money import assert_ledger_matches, balance
from tests.support.sandbox import WEBHOOK_SECRET, Sandbox, work_through

FETCH = "GET /v1/payment_intents/*"


class Story:
    """A top-up that Stripe was paid for; the only news of it is an event that has just arrived."""

    def __init__(self, app: Flask) -> None:
        self.organization, card = a_payer()
        top_up = topups.begin(self.organization, usd("50"), card.id, OWNER)
        top_up.status, top_up.attempt, top_up.claimed_at = TopUpStatus.PAYING, 1, utc_now()
        db.session.commit()
        self.top_up = top_up
        customer = self.organization.stripe_customer_id or ""
        self.payment = charging.charge(
            topups.requests.charge_request(self.organization, top_up, card, customer)
        )
        event = an_event(object_id=self.payment.id)
        assert send(app.test_client(), event).status_code == 200
        self.event_id: str = event["id"]

    @property
    def row(self) -> StripeEvent:
        return row_of(self.event_id)


@pytest.fixture
def story(app: Flask, sandbox: Sandbox) -> Story:
    return Story(app)


def let_pass(event_id: str, time_: timedelta = timedelta(days=1), **values: object) -> None:
    """Let an event's next try be due for so long that its own job must be lost."""
    db.session.rollback()
    earlier = update(StripeEvent).where(StripeEvent.id == event_id)
    db.session.execute(earlier.values(next_try_at=StripeEvent.next_try_at - time_, **values))
    db.session.commit()


def sweep(app: Flask) -> None:
    """What the worker does each minute."""
    enqueue("sweep", timestamp=0)
    db.session.commit()
    work_through(app)


def forget_jobs() -> None:
    """Let the event's own job be lost, also the one that the killed worker was at."""
    db.session.execute(text("DELETE FROM procrastinate_jobs"))
    db.session.commit()


def planned() -> list[float]:
    """In how many seconds the jobs that wait for their time are due."""
    db.session.rollback()
    query = "SELECT extract(epoch FROM scheduled_at - now()) FROM procrastinate_jobs WHERE status = 'todo'"
    return sorted(float(row[0] or 0) for row in db.session.execute(text(query)))


def test_the_worker_handles_what_arrived(app: Flask, sandbox: Sandbox, story: Story) -> None:
    work_through(app)
    assert (story.row.state, story.row.note, story.row.attempts) == (EventState.HANDLED, None, 1)
    assert balance(story.organization) == "50.00"
    assert handle(story.event_id) is None, "handled is handled"
    assert_ledger_matches(story.organization, sandbox)


@pytest.mark.one_of_each(by=lambda kind: kind.split("_")[0])
@pytest.mark.parametrize(
    "kind", ["500_before", "500_after", "drop_before", "drop_after", "html", "429", "409"]
)
def test_stripe_being_out_of_order_makes_the_event_wait(
    app: Flask, sandbox: Sandbox, story: Story, kind: str
) -> None:
    sandbox.fail(FETCH, kind, times=3)
    assert handle(story.event_id) is EventState.RECEIVED
    sandbox.clear_faults()
    row = story.row
    assert row.attempts == 1
    assert row.note and "Error" in row.note
    assert balance(story.organization) == "0.00"
    assert handle(story.event_id) is None, "it is not due yet"

    let_pass(story.event_id)
    sweep(app)
    assert story.row.state is EventState.HANDLED
    assert story.row.note is None
    assert_ledger_matches(story.organization, sandbox)


def test_each_try_waits_longer_than_the_one_before_and_they_go_on_for_three_days() -> None:
    waits = [wait_after(attempts) for attempts in range(1, MAX_ATTEMPTS)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(seconds=10)
    assert timedelta(days=2.5) < sum(waits, timedelta()) < timedelta(days=3)
    assert sum(waits[:5], timedelta()) > timedelta(minutes=8), "an outage of some minutes costs few tries"


def test_the_next_try_has_a_job_of_its_own(app: Flask, sandbox: Sandbox, story: Story) -> None:
    sandbox.fail(FETCH, "500_before", times=3)
    work_through(app)
    assert story.row.attempts == 1
    assert any(5 < seconds <= 10 for seconds in planned())


def test_a_database_lost_before_the_next_try_is_scheduled_loses_no_event(
    app: Flask, sandbox: Sandbox, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise OperationalError("UPDATE stripe_event", {}, ConnectionError("server closed the connection"))

    sandbox.fail(FETCH, "500_before", times=3)
    monkeypatch.setattr("app.stripe_events.handling._try_later", lost)
    work_through(app)
    monkeypatch.undo()
    sandbox.clear_faults()
    assert [seconds for seconds in planned() if seconds < 5], "the job runs again by itself"
    db.session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'"))
    db.session.commit()
    work_through(app)
    assert story.row.state is EventState.HANDLED
    assert_ledger_matches(story.organization, sandbox)


@pytest.mark.parametrize("attempts", [0, 8, MAX_ATTEMPTS - 1])
def test_a_database_that_can_not_do_it_makes_the_event_wait_for_half_a_minute_and_costs_no_try(
    app: Flask, sandbox: Sandbox, story: Story, attempts: int
) -> None:
    """However often the event was tried before, and the last try isn't spent on it."""
    let_pass(story.event_id, attempts=attempts)
    full = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'x' USING ERRCODE = 'disk_full'; END $$"
    with owner().begin() as connection:
        connection.execute(text(full))
        connection.execute(
            text(
                "CREATE TRIGGER full_disk BEFORE INSERT ON transfer FOR EACH ROW EXECUTE FUNCTION full_disk()"
            )
        )
    try:
        assert handle(story.event_id) is EventState.RECEIVED
    finally:
        db.session.rollback()
        with owner().begin() as connection:
            connection.execute(text("DROP TRIGGER full_disk ON transfer; DROP FUNCTION full_disk()"))
    assert story.row.attempts == attempts
    assert any(20 < seconds <= 30 for seconds in planned())
    let_pass(story.event_id)
    sweep(app)
    assert story.row.state is EventState.HANDLED
    assert_ledger_matches(story.organization, sandbox)


def test_after_the_last_try_it_is_given_up_and_a_replay_brings_it_home(
    app: Flask, sandbox: Sandbox, story: Story
) -> None:
    let_pass(story.event_id, attempts=MAX_ATTEMPTS - 1)
    sandbox.fail(FETCH, "500_before", times=3)
    assert handle(story.event_id) is EventState.FAILED
    sandbox.clear_faults()
    assert review.counts() == {EventState.FAILED: 1, EventState.REFUSED: 0}
    assert handle(story.event_id) is None, "given up is given up"

    assert review.list_failed() == [story.event_id]
    review.replay(story.event_id)
    db.session.commit()
    assert (story.row.state, story.row.attempts, story.row.note) == (EventState.RECEIVED, 0, None)
    work_through(app)
    assert story.row.state is EventState.HANDLED
    assert_ledger_matches(story.organization, sandbox)


def test_replaying_what_was_handled_changes_nothing(app: Flask, sandbox: Sandbox, story: Story) -> None:
    work_through(app)
    review.replay(story.event_id)
    db.session.commit()
    work_through(app)
    assert story.row.state is EventState.HANDLED
    assert balance(story.organization) == "50.00"
    assert_ledger_matches(story.organization, sandbox)


def test_an_event_that_kills_its_process_each_time_is_given_up_too(app: Flask, story: Story) -> None:
    let_pass(story.event_id, attempts=MAX_ATTEMPTS)
    assert handle(story.event_id) is EventState.FAILED
    assert "process was killed" in (story.row.note or "")


def test_a_worker_killed_while_handling_leaves_the_event_to_the_sweep(
    app: Flask, sandbox: Sandbox, story: Story, settings: Settings
) -> None:
    sandbox.fail(FETCH, "timeout_after", delay=30)
    environment = {
        "APP_ENV": "test",
        "DATABASE_URL": settings.database_url,
        "STRIPE_API_BASE": sandbox.url,
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
    }
    process = programs.start("flask", ["--app", "wsgi", "worker"], os.environ | environment)
    until = time.monotonic() + 30
    while story.row.attempts == 0:
        assert time.monotonic() < until, "the worker did not take the event up"
    process.kill()
    process.wait()
    sandbox.clear_faults()

    assert (story.row.state, story.row.attempts) == (EventState.RECEIVED, 1)
    assert handle(story.event_id) is None, "no one takes it away from a worker that may be alive"
    assert timedelta(minutes=1) > CLAIMED_FOR, "five minutes, once"
    let_pass(story.event_id, CLAIMED_FOR + timedelta(minutes=2))
    assert find_stale() == [story.event_id]
    forget_jobs()
    sweep(app)
    assert story.row.state is EventState.HANDLED
    assert_ledger_matches(story.organization, sandbox)


def test_the_sweep_takes_up_every_event_also_where_one_has_to_wait(
    app: Flask, sandbox: Sandbox, story: Story
) -> None:
    second = an_event("refund.created", "re_deleted")
    send(app.test_client(), second)
    for event_id in (story.event_id, second["id"]):
        let_pass(event_id)
    sandbox.fail(FETCH, "500_before", times=3)
    sweep(app)
    assert story.row.state is EventState.RECEIVED
    assert row_of(second["id"]).state is EventState.IGNORED, "it does not wait for the one that has to"


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

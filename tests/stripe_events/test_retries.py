"""Events that couldn't be handled: tried again for days, taken up by the sweep, listed when given up."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.extensions import db
from app.models import EventState
from app.stripe_events import review
from app.stripe_events.handling import CLAIMED_FOR, MAX_ATTEMPTS, find_stale, handle, wait_after
from config import Settings
from tests.support import programs
from tests.support.arrived_events import FETCH, Story, forget_jobs, let_pass, planned, sweep
from tests.support.database import owner
from tests.support.events import an_event, row_of, send
from tests.support.money import assert_ledger_matches, balance
from tests.support.sandbox import WEBHOOK_SECRET, Sandbox, work_through
from tests.support.waiting import wait_until


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
    wait_until(lambda: story.row.attempts > 0, "The worker did not take the event up.")
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

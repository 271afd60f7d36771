"""Runs that are interrupted, killed, or begun twice: the next one picks up where they stopped."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import update

from app import reconciliation
from app.billing import topups
from app.clock import utc_now
from app.database.locks import AlreadyRunningError
from app.extensions import db, enqueue
from app.ids import uuid7
from app.models import (
    Organization,
    ReconciliationRun,
    TopUp,
)
from app.stripe_events import handling
from config import Settings
from tests.factories import OWNER
from tests.support import programs
from tests.support.database import inside
from tests.support.events import an_event, send
from tests.support.money import balance, credited
from tests.support.reconciling import charge_by_hand, skip_events
from tests.support.sandbox import Sandbox, work_through
from tests.support.stories import Silence, assert_fixed
from tests.support.waiting import wait_until


@pytest.fixture
def silence(app: Flask, sandbox: Sandbox) -> Silence:
    sandbox.control.set_webhooks("drop")
    return Silence(sandbox)


CALLS = [
    "GET /v1/events",
    "GET /v1/payment_intents",
    "GET /v1/payment_intents/*",
    "GET /v1/refunds",
    "GET /v1/refunds/*",
    "GET /v1/disputes",
    "GET /v1/disputes/*",
    "GET /v1/charges/*",
    "GET /v1/invoice_payments",
]


@pytest.mark.one_of_each(by=lambda kind: kind)
@pytest.mark.parametrize(
    ("operation", "kind"), [*((call, "429") for call in CALLS), (CALLS[1], "html"), (CALLS[2], "drop_before")]
)
def test_a_fault_of_any_call_is_made_good_by_the_next_run(
    app: Flask, silence: Silence, sandbox: Sandbox, operation: str, kind: str
) -> None:
    payment = silence.charge("50")
    silence.refund(payment, 500)
    silence.dispute(silence.charge("30"))
    stranger = charge_by_hand(silence, sandbox)
    skip_events(sandbox, but=3)
    sandbox.fail(operation, kind, times=3)
    first = reconciliation.run()
    assert first.error or first.findings
    sandbox.clear_faults()
    second = reconciliation.run()
    assert second.error is None
    assert [each["object"] for each in second.findings] == [stranger]
    assert balance(silence.organization) == "45.00"


def test_stripe_being_away_ends_the_run_in_words_and_the_next_goes_on_from_the_same_event(
    app: Flask, silence: Silence, sandbox: Sandbox
) -> None:
    reconciliation.run()
    before = newest_run().last_event_id
    silence.charge("50")
    sandbox.fail("GET /v1/events", "429")
    stopped = reconciliation.run()
    assert "Stripe did nothing for now" in (stopped.error or "")
    assert stopped.last_event_id == before
    sandbox.clear_faults()
    assert reconciliation.run().error is None
    assert newest_run().last_event_id == sandbox.events()[-1].id
    assert balance(silence.organization) == "50.00"


def test_a_run_that_is_killed_in_the_middle_is_begun_again(
    app: Flask, silence: Silence, sandbox: Sandbox, settings: Settings
) -> None:
    silence.charge("50")
    silence.refund(silence.charge("25"), 500)
    sandbox.fail("GET /v1/refunds", "timeout_after", delay=30)
    environment = {
        "APP_ENV": "test",
        "DATABASE_URL": settings.database_url,
        "STRIPE_API_BASE": sandbox.url,
        "STRIPE_TIMEOUT_SECONDS": "60",
    }
    process = programs.start("flask", ["--app", "wsgi", "stripe", "reconcile"], os.environ | environment)
    wait_until(lambda: balance(silence.organization) == "70.00", "nothing was synced")
    with pytest.raises(AlreadyRunningError):
        reconciliation.run()
    process.kill()
    process.wait()
    sandbox.clear_faults()
    run = run_once_free()
    assert run.findings == []
    assert_fixed(app, silence)
    assert balance(silence.organization) == "70.00"
    killed = db.session.scalars(db.select(ReconciliationRun).order_by(ReconciliationRun.id)).first()
    assert killed
    assert killed.error == "The process ended before the run did."


def test_two_at_the_same_time_are_one(app: Flask, silence: Silence) -> None:
    silence.charge("50")

    def compare(_: int) -> bool:
        with inside(app):
            try:
                reconciliation.run()
            except AlreadyRunningError:
                return False
            return True

    with ThreadPoolExecutor(4) as processes:
        assert any(processes.map(compare, range(4)))
    assert credited(silence.organization) == [50]
    assert_fixed(app, silence)


def test_browser_webhook_and_reconciliation_at_the_same_moment_credit_once(
    app: Flask, silence: Silence
) -> None:
    payment = silence.charge("50")
    org_id = silence.organization.id
    top_up_id = db.session.scalar(db.select(TopUp.id))
    events = [an_event(object_id=payment.id) for _ in range(2)]
    for event in events:
        send(app.test_client(), event)

    def browser() -> None:
        topups.refresh(db.session.get_one(Organization, org_id), top_up_id or uuid7(), OWNER)

    def look() -> None:
        topups.recover(org_id, top_up_id or uuid7())

    ways: list[Callable[[], object]] = [
        browser,
        look,
        reconciliation.run,
        *(partial(handling.handle, event["id"]) for event in events),
    ]

    def go(way: Callable[[], object]) -> None:
        with inside(app):
            way()

    with ThreadPoolExecutor(len(ways)) as pool:
        list(pool.map(go, ways))
    assert credited(silence.organization) == [50]
    assert_fixed(app, silence)


def test_the_worker_compares_each_hour(app: Flask, silence: Silence) -> None:
    silence.charge("50")
    enqueue("reconcile", timestamp=0)
    db.session.commit()
    work_through(app)
    assert balance(silence.organization) == "50.00"
    assert newest_run().error is None


def test_old_runs_are_forgotten(app: Flask, silence: Silence) -> None:
    reconciliation.run()
    old = update(ReconciliationRun).values(started_at=utc_now() - timedelta(days=91))
    db.session.execute(old)
    db.session.commit()
    reconciliation.run()
    reconciliation.delete_old()
    assert db.session.query(ReconciliationRun).count() == 1


def newest_run() -> ReconciliationRun:
    db.session.rollback()
    found = reconciliation.newest()
    assert found is not None
    return found


def run_once_free() -> ReconciliationRun:
    """Compare as soon as the database has noticed that the process which held the lock is gone."""
    until = time.monotonic() + 30
    while True:
        try:
            return reconciliation.run()
        except AlreadyRunningError:
            assert time.monotonic() < until, "the lock of the killed process is still there"

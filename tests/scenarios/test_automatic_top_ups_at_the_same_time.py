"""Hundreds of usage batches, holds and jobs around the threshold at the same time, and a worker that is killed: one
charge for one gap, credited once."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app.billing import topups
from app.billing.auto_top_ups import proceeding
from app.billing.topups import automatic
from app.billing.usage import ingest
from app.billing.wallet import holds, ledger
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, TopUpStatus
from config import Settings
from tests.factories import usd
from tests.support import programs
from tests.support.auto_top_ups import DOLLAR, amounts, look, one_with, top_ups, use
from tests.support.database import inside
from tests.support.metering import an_event
from tests.support.money import assert_ledger_matches, balance
from tests.support.sandbox import WEBHOOK_SECRET, Sandbox, deliver_all, work_through
from tests.support.waiting import wait_until

BATCHES, THREADS = 200, 8


def test_hundreds_of_batches_and_jobs_at_the_same_time_make_one_charge(app: Flask, sandbox: Sandbox) -> None:
    """Each batch is of ten cents: $30 falls to $10 on the way, below the threshold of $20."""
    organization, _ = one_with()
    org_id = organization.id

    def report(number: int) -> None:
        with inside(app):
            event = an_event(org_id, f"e{number}", DOLLAR // 10, when=utc_now())
            ingest.ingest([event], at=utc_now())
            db.session.commit()
            if number % 10 == 0:
                key = f"call-{number}"
                holds.reserve(org_id, key, usd("1"), at=utc_now(), lease=timedelta(minutes=1))
                db.session.commit()
                holds.release(org_id, key, at=utc_now())
                db.session.commit()

    def run_job(_: int) -> None:
        with inside(app):
            proceeding.proceed(org_id)

    with ThreadPoolExecutor(THREADS) as pool:
        done = [pool.submit(report, number) for number in range(BATCHES)]
        done += [pool.submit(run_job, number) for number in range(20)]
        for one in done:
            one.result()
    work_through(app)
    assert len(sandbox.charges()) == 1
    assert [status for _, status in amounts(organization)] == ["succeeded"]
    assert_ledger_matches(organization, sandbox)


def test_the_database_refuses_a_second_one_whatever_the_code_does(app: Flask, sandbox: Sandbox) -> None:
    organization, card = one_with()
    wallet = ledger.lock(organization.id)
    month = utc_now().date().replace(day=1)
    automatic.begin(organization, wallet, usd("50"), card, month=month)
    with pytest.raises(IntegrityError, match="uq_top_up_automatic"):
        automatic.begin(organization, wallet, usd("50"), card, month=month)
    db.session.rollback()


def test_a_worker_killed_between_the_charge_and_the_credit_loses_nothing_and_charges_once(
    app: Flask, sandbox: Sandbox, settings: Settings
) -> None:
    organization, _ = one_with()
    use(organization, 15)
    sandbox.fail("POST /v1/payment_intents", "timeout_after", delay=30)
    environment = {
        "APP_ENV": "test",
        "DATABASE_URL": settings.database_url,
        "STRIPE_API_BASE": sandbox.url,
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
    }
    process = programs.start("tests.support.top_up_once", [str(organization.id)], os.environ | environment)
    wait_until(sandbox.charges, "nothing was charged")
    process.kill()
    process.wait()

    [top_up] = top_ups(organization)
    assert (top_up.status, balance(organization)[:2]) == (TopUpStatus.PAYING, "14")
    look(organization)
    assert len(sandbox.charges()) == 1, "the one under way counts"
    _find_out(organization)
    deliver_all(app, sandbox)
    look(organization)
    assert [status for _, status in amounts(organization)] == ["succeeded"]
    assert len(sandbox.charges()) == 1
    assert_ledger_matches(organization, sandbox)


def _find_out(organization: Organization) -> None:
    """What the job of the top-up does, that was enqueued with the claim."""
    [top_up] = top_ups(organization)
    assert topups.recover(organization.id, top_up.id)

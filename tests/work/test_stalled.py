"""A killed worker loses nothing and blocks nothing: what it was at runs again in any worker that is alive."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.billing.cards import payment_methods, removal
from app.extensions import db, jobs
from app.models import EventState, Organization, PaymentMethod
from app.queues import QUEUE_OF
from app.work import stalled
from app.work.worker import RECOVERY_SECONDS
from config import Settings
from tests.factories import OWNER, a_payer, a_stripe_card
from tests.support.events import an_event, row_of, send
from tests.support.sandbox import Sandbox, work_through
from tests.support.worker import a_worker, kill, let_be_missed, running, until

PERIODIC = sorted(name for name, task in jobs.tasks.items() if task.queueing_lock and name in QUEUE_OF)


def a_job(task: str, status: str = "doing", *, alive: bool = False, attempts: int = 0, **options: Any) -> int:
    """A job as a worker has it, or had it when it was killed."""
    worker = db.session.scalar(
        text(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - :since * interval '1 s') "
            "RETURNING id"
        ),
        {"since": 1 if alive else stalled.GONE_AFTER_SECONDS + 1},
    )
    values = {
        "task": task,
        "queue": QUEUE_OF[task].value,
        "status": status,
        "worker": worker,
        "attempts": attempts,
        "lock": jobs.tasks[task].queueing_lock,
    }
    query = """
        INSERT INTO procrastinate_jobs (task_name, queue_name, status, worker_id, attempts, queueing_lock, args)
        VALUES (:task, :queue, CAST(:status AS procrastinate_job_status), :worker, :attempts, :lock,
                jsonb_build_object('timestamp', 0)) RETURNING id"""
    found: int = db.session.execute(text(query), values | options).scalar_one()
    db.session.commit()
    return found


def status_of(job_id: int) -> str | None:
    db.session.rollback()
    query = text("SELECT status FROM procrastinate_jobs WHERE id = :id")
    return db.session.scalar(query, {"id": job_id})


@pytest.mark.parametrize("task", sorted(QUEUE_OF))
def test_every_task_that_a_killed_worker_was_at_is_taken_up(app: Flask, task: str) -> None:
    job = a_job(task)
    assert stalled.count() == 1
    assert stalled.recover() == 1
    assert status_of(job) == "todo"
    assert stalled.count() == 0


@pytest.mark.parametrize("task", PERIODIC)
def test_what_runs_by_the_clock_comes_back_once(app: Flask, task: str) -> None:
    """Killed twice in the middle, with the next one waiting already: one of them runs."""
    first, second = a_job(task), a_job(task)
    next_ = a_job(task, "todo")
    assert stalled.recover() == 2
    assert [status_of(one) for one in (first, second, next_)] == ["aborted", "aborted", "todo"]
    db.session.execute(text("DELETE FROM procrastinate_jobs WHERE id = :id"), {"id": next_})
    third, fourth = a_job(task), a_job(task)
    assert stalled.recover() == 2
    assert [status_of(one) for one in (third, fourth)] == ["todo", "aborted"]


def test_what_a_live_worker_is_at_is_left_alone(app: Flask) -> None:
    job = a_job("settle_top_up", alive=True)
    assert stalled.recover() == 0
    assert status_of(job) == "doing"


def test_a_job_whose_worker_is_forgotten_is_taken_up_too(app: Flask) -> None:
    """A worker that starts removes the rows of those that are gone."""
    job = a_job("settle_top_up", alive=True)
    db.session.execute(text("DELETE FROM procrastinate_workers"))
    assert stalled.recover() == 1
    assert status_of(job) == "todo"


def test_a_job_that_kills_its_worker_each_time_ends_where_operators_see_it(app: Flask) -> None:
    job = a_job("settle_top_up", attempts=stalled.MOST_STARTS - 1)
    stalled.recover()
    assert status_of(job) == "failed"
    runner = app.test_cli_runner()
    assert f"{job} " in runner.invoke(args=["jobs", "failed"]).output
    assert "payments" in runner.invoke(args=["jobs", "status"]).output
    ready = app.test_client().get("/readyz").json
    assert ready["jobs"] == {"stalled": 0, "failed": 1, "due": 0}
    assert "1 queued for retry" in runner.invoke(args=["jobs", "retry", str(job)]).output
    assert status_of(job) == "todo"
    again = runner.invoke(args=["jobs", "retry", str(job)])
    assert again.exit_code == 1
    assert runner.invoke(args=["jobs", "retry"]).exit_code == 1
    assert "No failed jobs" in runner.invoke(args=["jobs", "failed"]).output


def test_readiness_counts_what_is_stalled(app: Flask) -> None:
    a_job("tell_default_card")
    assert app.test_client().get("/readyz").json["jobs"]["stalled"] == 1
    assert "a stopped worker" in app.test_cli_runner().invoke(args=["jobs", "status"]).output


def default_at_stripe(sandbox: Sandbox, organization: Organization) -> str | None:
    customer = sandbox.stripe.v1.customers.retrieve(organization.stripe_customer_id or "")
    found = customer.invoice_settings.default_payment_method
    return found if found is None or isinstance(found, str) else found.id


def test_the_card_chosen_last_is_the_one_that_stripe_charges_though_the_worker_was_killed(
    app: Flask, sandbox: Sandbox, settings: Settings
) -> None:
    organization, first = a_payer()
    second = a_stripe_card(organization, "pm_card_mastercard")
    work_through(app)
    sandbox.fail("POST /v1/customers/*", "timeout_after", delay=60)
    choose(organization, second)
    with a_worker(settings, "--queues", "money") as worker:
        until(lambda: running("tell_default_card"), "it tells Stripe")
        kill(worker)
    sandbox.clear_faults()
    assert running("tell_default_card") == 1, "it stays as it was when it was killed"
    choose(organization, first)
    choose(organization, second)
    choose(organization, first)
    let_be_missed()
    with a_worker(settings, "--queues", "customers"):
        until(lambda: not running("tell_default_card") and stalled.count() == 0, "it runs again")
        until(lambda: default_at_stripe(sandbox, organization) == first.stripe_id, "Stripe has the last")


def test_an_event_that_a_killed_worker_had_taken_is_handled_by_the_next_within_a_minute(
    app: Flask, sandbox: Sandbox, settings: Settings
) -> None:
    """Nothing of the event's row is moved: only the killed worker has been silent for its time."""
    sandbox.fail("GET /v1/refunds/*", "timeout_after", delay=60)
    event = an_event("refund.created", "re_deleted")
    send(app.test_client(), event)
    with a_worker(settings, "--queues", "money") as worker:
        until(lambda: row_of(event["id"]).attempts == 1, "it is being handled")
        kill(worker)
    sandbox.clear_faults()
    assert row_of(event["id"]).state is EventState.RECEIVED
    assert stalled.GONE_AFTER_SECONDS + RECOVERY_SECONDS < 60
    let_be_missed()
    with a_worker(settings, "--queues", "money"):
        until(lambda: row_of(event["id"]).state is EventState.IGNORED, "it is handled")
    assert row_of(event["id"]).attempts == 2


def choose(organization: Organization, card: PaymentMethod) -> None:
    removal.make_default(organization, card.id, OWNER)
    db.session.commit()
    assert [one.id for one in payment_methods.saved(organization.id) if one.is_default] == [card.id]

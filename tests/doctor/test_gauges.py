"""Figures of the whole installation: queues, webhooks, what needs a person; and what is said without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from app.doctor.gauges import InstallationFigures
from app.extensions import db
from app.models import EventState, Finding, StripeEvent
from app.queues import Queue
from tests.support.compared import was_compared


def figures(app: Flask) -> dict[tuple[str, str], float]:
    """The figures, by name and label."""
    db.session.commit()
    return {
        (sample.name, "".join(sample.labels.values())): sample.value
        for metric in InstallationFigures(app).collect()
        for sample in metric.samples
    }


def test_an_empty_installation_has_every_figure(app: Flask) -> None:
    found = figures(app)
    assert found["billing_database_up", ""] == 1
    for queue in Queue:
        assert (
            found["billing_jobs_oldest_seconds", queue.value]
            == found["billing_jobs_waiting", queue.value]
            == 0
        )
    assert {value for (name, _), value in found.items() if name != "billing_database_up"} == {0}


def test_what_waits_and_what_failed_is_counted(app: Flask) -> None:
    ago = datetime.now(UTC) - timedelta(hours=1)
    for status in ("todo", "failed", "failed"):
        db.session.execute(
            text(
                "INSERT INTO procrastinate_jobs (task_name, queue_name, status, args, scheduled_at) VALUES "
                "('settle_top_up', 'payments', CAST(:status AS procrastinate_job_status), '{}', :at)"
            ),
            {"status": status, "at": ago},
        )
    db.session.add_all(
        [
            StripeEvent(id="evt_1", type="x", created_at=ago, received_at=ago, state=EventState.RECEIVED),
            StripeEvent(id="evt_2", type="x", created_at=ago, received_at=ago, state=EventState.FAILED),
            StripeEvent(id="evt_3", type="x", created_at=ago, received_at=ago, state=EventState.REFUSED),
            Finding(object="re_1", text="A refund differs.", found_at=ago),
        ]
    )
    found = figures(app)
    assert (found["billing_jobs_waiting", "payments"], found["billing_jobs_failed", "payments"]) == (1, 2)
    assert found["billing_jobs_oldest_seconds", "payments"] >= 3600
    assert found["billing_webhooks_oldest_seconds", "in"] >= 3600
    assert found["billing_webhooks_failed", "in"] == 2
    assert found["billing_findings", ""] == 1
    assert ("billing_compared_timestamp_seconds", "") not in found


def test_the_last_comparison_has_a_time(app: Flask) -> None:
    was_compared(ago=timedelta(hours=2))
    at = figures(app)["billing_compared_timestamp_seconds", ""]
    assert at <= (datetime.now(UTC) - timedelta(hours=2)).timestamp()


def test_without_a_database_that_is_what_is_said(app: Flask) -> None:
    db.session.remove()
    away = create_engine("postgresql+psycopg://b@127.0.0.1:9/b", poolclass=NullPool)
    known, db.engines[None] = db.engines[None], away
    try:
        found = {
            sample.name: sample.value
            for metric in InstallationFigures(app).collect()
            for sample in metric.samples
        }
    finally:
        db.engines[None] = known
    assert found == {"billing_database_up": 0}

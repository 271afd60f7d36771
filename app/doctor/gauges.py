"""Figures that are true of the whole installation, read from the database when Prometheus asks: queues, webhooks, and
what needs a person.

Each web process would say the same, so rules take the highest. They are read every ten seconds at most, and each by
itself, so that one that fails or is slow leaves the others.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from threading import Lock

from flask import Flask
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from app import reconciliation
from app.billing.platform import deliveries
from app.clock import utc_now
from app.doctor.overdue import OverdueRows
from app.extensions import db
from app.models import EventState, StripeEvent
from app.models.scope import Reason, see_all
from app.queues import Queue
from app.work import job_status, stalled

READ_EVERY = 10.0
_AGE = "Seconds for which the oldest {} has waited."


class InstallationFigures:
    """Reads the figures in an application context of its own."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._overdue = OverdueRows(app)
        self._lock = Lock()
        self._read: list[Metric] = []
        self._read_at = float("-inf")

    def collect(self) -> Iterable[Metric]:
        """The figures, ten seconds old at most."""
        with self._lock:
            if time.monotonic() - self._read_at >= READ_EVERY:
                self._read, self._read_at = list(self._collect()), time.monotonic()
            return self._read

    def _collect(self) -> Iterator[Metric]:
        is_up = True
        with self._app.app_context():
            see_all(db.session(), Reason.READINESS)
            for read in (_jobs, _webhooks, _comparison, self._overdue.read):
                found = _attempt(read)
                is_up = is_up and found is not None
                yield from found or ()
        up = GaugeMetricFamily("billing_database_up", "Whether the database answered all of these figures.")
        up.add_metric([], float(is_up))
        yield up


def _attempt(read: Callable[[], Iterator[Metric]]) -> list[Metric] | None:
    try:
        return list(read())
    except SQLAlchemyError:
        return None
    finally:
        db.session.rollback()


def _jobs() -> Iterator[Metric]:
    rows = {row.queue_name: row for row in job_status.by_queue()}
    waiting = GaugeMetricFamily("billing_jobs_waiting", "Jobs that wait, by queue.", labels=["queue"])
    failed = GaugeMetricFamily(
        "billing_jobs_failed", "Jobs that failed for good, by queue.", labels=["queue"]
    )
    age = GaugeMetricFamily("billing_jobs_oldest_seconds", _AGE.format("due job"), labels=["queue"])
    for queue in Queue:
        row = rows.get(queue.value)
        waiting.add_metric([queue.value], row.waiting if row else 0)
        failed.add_metric([queue.value], row.failed if row else 0)
        age.add_metric([queue.value], float(row.oldest_seconds) if row else 0)
    yield from (waiting, failed, age)
    left = GaugeMetricFamily("billing_jobs_stalled", "Jobs of workers that are gone.")
    left.add_metric([], stalled.count())
    yield left
    live = GaugeMetricFamily("billing_queues_served", "Queues that are served by a worker that is alive.")
    live.add_metric([], job_status.live_workers())
    yield live


def _webhooks() -> Iterator[Metric]:
    query = select(StripeEvent.state, func.count(), func.min(StripeEvent.received_at))
    open_ = (EventState.RECEIVED, EventState.FAILED, EventState.REFUSED)
    found = {
        row[0]: (row[1], row[2])
        for row in db.session.execute(query.where(StripeEvent.state.in_(open_)).group_by(StripeEvent.state))
    }
    _, oldest = found.get(EventState.RECEIVED, (0, None))
    out = deliveries.get_health()
    age = GaugeMetricFamily(
        "billing_webhooks_oldest_seconds",
        f"{_AGE.format('event')} `in`: Stripe's, to be handled; `out`: the platform's, to be accepted.",
        labels=["direction"],
    )
    age.add_metric(["in"], max(0.0, (utc_now() - oldest).total_seconds()) if oldest else 0)
    age.add_metric(["out"], out["oldest_waiting_seconds"])
    failed = GaugeMetricFamily("billing_webhooks_failed", "Events that need a person.", labels=["direction"])
    failed.add_metric(["in"], sum(found.get(state, (0, None))[0] for state in open_[1:]))
    failed.add_metric(["out"], out["failed"] or 0)
    yield from (age, failed)


def _comparison() -> Iterator[Metric]:
    run = reconciliation.newest()
    if run is not None and run.finished_at is not None:
        at = GaugeMetricFamily(
            "billing_compared_timestamp_seconds", "When Stripe and the ledger were last compared."
        )
        at.add_metric([], run.finished_at.timestamp())
        yield at
    findings = GaugeMetricFamily("billing_findings", "Findings that need a person.")
    findings.add_metric([], reconciliation.findings.count())
    yield findings

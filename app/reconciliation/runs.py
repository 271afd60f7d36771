"""Reconciliation runs: differences that are certain are fixed, the rest is reported as text.

Two independent ways. The events since the last one seen, as far back as Stripe keeps them. And regardless of events:
the payments, refunds and disputes themselves, by creation time, and every subscription that has not ended, synced by
the same functions that the webhooks use. Money that we credited and Stripe never charged is reported, never deducted.

Each run rechecks what the last one found, until it is resolved.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete, select, update

from app.clock import utc_now
from app.database.history import CURRENT
from app.database.locks import alone
from app.extensions import db
from app.models import ReconciliationRun
from app.payments.errors import PaymentsError
from app.reconciliation import clawbacks, customers, findings, missed_events, plan_payments, plans
from app.reconciliation.payments import PaymentsOfRun
from app.reconciliation.report import Report
from app.stripe_events import review
from app.transaction import transaction

log = structlog.get_logger("billing.reconciliation")

OVERLAP = timedelta(days=1)
"""How far before `since` objects are compared: clocks differ, and what was in progress then may have ended."""

FIRST_TIME = timedelta(days=30)
"""How far back the first run goes: as far as Stripe keeps events."""

KEPT_FOR = timedelta(days=90)


def run(*, since: datetime | None = None) -> ReconciliationRun:
    """Compare everything since `since`, or since the last finished run began. Commits.

    If Stripe is unavailable, the run ends with `error`, and the next one continues from the same place. Raises
    `AlreadyRunningError`.
    """
    with alone(db.engine, "reconciliation"):
        _close_killed_runs()
        found_before = _findings_before()
        last_event_id = None if since else _last_event_id()
        with transaction():
            this = ReconciliationRun(
                since=since or _resume_at(),
                last_event_id=_last_event_id(),
                database_history=db.session.scalar(select(CURRENT)),
            )
            db.session.add(this)
        report = Report()
        try:
            _compare(this, report, last_event_id, found_before)
            error = None
        except PaymentsError as away:
            db.session.rollback()
            error = f"{away.for_operators}. The next run continues from here."
            log.error("reconciliation_stopped", reason=str(away))
        except Exception as unexpected:
            db.session.rollback()
            with transaction():
                _end(this, report, f"{type(unexpected).__name__}: see the log.")
            raise
        with transaction():
            return _end(this, report, error)


def newest() -> ReconciliationRun | None:
    """The latest run that has ended, successfully or not."""
    ended = select(ReconciliationRun).where(ReconciliationRun.finished_at.is_not(None))
    return db.session.scalars(ended.order_by(ReconciliationRun.id.desc()).limit(1)).first()


def get_status() -> dict[str, Any]:
    """The status for monitoring, without names and amounts. Four statements."""
    last, good = newest(), _newest_good()
    age = None if good is None or good.finished_at is None else utc_now() - good.finished_at
    return {
        "reconciled_minutes_ago": None if age is None else int(age.total_seconds() // 60),
        "last_run_stopped": last is not None and last.error is not None,
        "findings": findings.count(),
        **{f"events_{state.value}": count for state, count in review.counts().items()},
    }


def delete_old() -> None:
    """Delete old runs. Commits."""
    old = ReconciliationRun.started_at < utc_now() - KEPT_FOR
    with transaction():
        db.session.execute(delete(ReconciliationRun).where(old))


def _compare(
    this: ReconciliationRun, report: Report, last_event_id: str | None, found_before: list[str]
) -> None:
    start = this.since - OVERLAP
    customers.compare_since(report, start)
    for event_id in missed_events.recover(report, last_id=last_event_id, since=this.since):
        with transaction():
            this.last_event_id = event_id
    payments = PaymentsOfRun(report)
    payments.compare_since(start)
    began = this.started_at
    clawbacks.compare_refunds_since(report, min(start, began - clawbacks.REFUNDS_BACK))
    clawbacks.compare_disputes_since(report, min(start, began - clawbacks.DISPUTES_BACK))
    plan_payments.check_fraud_warnings(report, min(start, began - clawbacks.DISPUTES_BACK))
    payments.check_credited_since(start)
    plans.compare(report)
    for object_id in found_before:
        if object_id in report.findings:
            continue
        if object_id.startswith("pi_"):
            payments.recheck(object_id)
        elif object_id.startswith("re_"):
            clawbacks.recheck_refund(report, object_id)
        elif object_id.startswith(("du_", "dp_")):
            clawbacks.recheck_dispute(report, object_id)


def _end(this: ReconciliationRun, report: Report, error: str | None) -> ReconciliationRun:
    this.checked = dict(report.checked)
    this.fixed = [{"object": each, "text": text} for each, text in report.fixed.items()]
    left = findings.record(report.findings, is_everything=error is None)
    this.findings = [{"object": each, "text": text} for each, text in left.items()]
    this.error, this.finished_at = error, utc_now()
    log.info("reconciled", **this.checked, fixed=len(this.fixed), findings=len(this.findings), error=error)
    return this


def _close_killed_runs() -> None:
    """Close the runs of killed processes: while this process holds the lock, no other run is alive."""
    killed = update(ReconciliationRun).where(ReconciliationRun.finished_at.is_(None))
    with transaction():
        db.session.execute(
            killed.values(finished_at=utc_now(), error="The process ended before the run did.")
        )


def _newest_good() -> ReconciliationRun | None:
    good = select(ReconciliationRun).where(
        ReconciliationRun.finished_at.is_not(None), ReconciliationRun.error.is_(None)
    )
    return db.session.scalars(good.order_by(ReconciliationRun.id.desc()).limit(1)).first()


def _resume_at() -> datetime:
    good = _newest_good()
    return good.started_at if good else utc_now() - FIRST_TIME


def _last_event_id() -> str | None:
    query = select(ReconciliationRun.last_event_id).where(ReconciliationRun.last_event_id.is_not(None))
    return db.session.scalar(query.order_by(ReconciliationRun.id.desc()).limit(1))


def _findings_before() -> list[str]:
    """The findings of the latest runs, back to the last one that compared everything."""
    good = _newest_good()
    runs = select(ReconciliationRun).where(ReconciliationRun.finished_at.is_not(None))
    if good is not None:
        runs = runs.where(ReconciliationRun.id >= good.id)
    return list(dict.fromkeys(each["object"] for one in db.session.scalars(runs) for each in one.findings))

"""What is done in the background: workers, queues, Stripe's events, the comparison, and messages to the platform."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select

from app import reconciliation
from app.billing.platform import deliveries
from app.clock import utc_now
from app.doctor.findings import Finding, ok, problem
from app.doctor.installation import Installation
from app.extensions import db
from app.models import EventState, PlatformEndpoint, StripeEvent
from app.payments import events
from app.stripe_events.handling import HANDLERS
from app.work import job_status, stalled

LONGEST_WAIT = timedelta(minutes=5)
"""How long a due job, or a message to the platform, may wait."""
ARRIVES_WITHIN = timedelta(minutes=10)
"""An event that is younger may be on its way."""
_LOOKED_AT = 20
_NEED_A_PERSON = (EventState.FAILED, EventState.REFUSED)
COMPARED_WITHIN = timedelta(minutes=150)

_WORKER = "Start `flask worker --queues {queues}` (see 'Processes' in docs/operations.md), or more of them."


def check_workers(installation: Installation) -> Iterator[Finding]:
    """Workers run, and none has left jobs behind."""
    with installation.database():
        count, left = job_status.live_workers(), stalled.count()
    if not count:
        yield problem("No worker runs.", _WORKER.format(queues="money") + " Without it, nothing is settled.")
    else:
        yield ok(f"{count} {'queue is' if count == 1 else 'queues are'} served by workers.")
    if left:
        yield problem(
            f"Workers that are gone have left {_jobs(left)}.",
            "Any worker that runs picks them up within half a minute; start one.",
        )


def check_queues(installation: Installation) -> Iterator[Finding]:
    """No queue has failed jobs, or due ones that wait too long."""
    with installation.database():
        rows = job_status.by_queue()
    fine = True
    for row in rows:
        if row.oldest_seconds > LONGEST_WAIT.total_seconds():
            fine = False
            yield problem(
                f"In the queue `{row.queue_name}` a due job has waited for {_duration(row.oldest_seconds)} "
                f"({row.waiting} wait).",
                _WORKER.format(queues=row.queue_name),
            )
        if row.failed:
            fine = False
            yield problem(
                f"In the queue `{row.queue_name}` {_jobs(row.failed)} failed for good.",
                "See `flask jobs failed`; once the reason is gone, `flask jobs retry`.",
            )
    if fine:
        waiting = sum(row.waiting for row in rows)
        yield ok(
            f"{waiting} waiting {'job' if waiting == 1 else 'jobs'}, none for too long, and none failed."
        )


def check_events(installation: Installation) -> Iterator[Finding]:
    """No event of Stripe's needs a person, and the newest ones have arrived."""
    with installation.database():
        query = select(StripeEvent.state, func.count()).where(StripeEvent.state.in_(_NEED_A_PERSON))
        query = query.group_by(StripeEvent.state)
        counts = {row[0]: row[1] for row in db.session.execute(query)}
    open_ = {state: counts.get(state, 0) for state in _NEED_A_PERSON}
    for state, count in open_.items():
        if count:
            yield problem(
                f"{count} of Stripe's events {'is' if count == 1 else 'are'} {state.value}.",
                "See `flask webhooks list --failed`; once the reason is gone, `flask webhooks replay`.",
            )
    if not any(open_.values()):
        yield ok("No event of Stripe's failed or was refused.")
    yield from _arrivals(installation)


def _arrivals(installation: Installation) -> Iterator[Finding]:
    """Where none of the newest ones is here, deliveries are refused or lost. One may be late by itself."""
    with installation.database():
        before = utc_now() - ARRIVES_WITHIN
    with installation.stripe():
        newest = events.newest_before(before, limit=_LOOKED_AT)
    wanted = [one.id for one in newest if one.type in HANDLERS]
    if not wanted:
        yield ok("Stripe has no event that should have arrived by now.")
        return
    with installation.database():
        arrived = db.session.scalar(select(func.count()).where(StripeEvent.id.in_(wanted)))
    if arrived:
        yield ok(f"Of Stripe's newest events that are handled here, {arrived} of {len(wanted)} arrived.")
    else:
        yield problem(
            f"Of Stripe's newest events that are handled here, 0 of {len(wanted)} arrived.",
            "Compare STRIPE_WEBHOOK_SECRET with the endpoint's signing secret, and look at its deliveries in "
            "Stripe's dashboard: does it reach PUBLIC_URL/webhooks/stripe? Then `flask stripe reconcile` picks up "
            "what is missing.",
        )


def check_comparison(installation: Installation) -> Iterator[Finding]:
    """Stripe and the ledger were compared lately, to the end, and nothing is left that needs a person."""
    with installation.database():
        run = reconciliation.newest()
        left = reconciliation.findings.count()
        ago = None if run is None or run.finished_at is None else utc_now() - run.finished_at
    if run is None or ago is None:
        yield problem(
            "Stripe and the ledger were never compared.",
            "Run `flask stripe reconcile`, and see that a worker runs `comparison`.",
        )
    elif ago > COMPARED_WITHIN:
        yield problem(
            f"Stripe and the ledger were last compared {_duration(ago.total_seconds())} ago.",
            _WORKER.format(queues="comparison"),
        )
    elif run.error:
        yield problem(f"The last comparison stopped: {run.error}", "See `flask stripe last-run`.")
    else:
        yield ok(f"Stripe and the ledger were compared {_duration(ago.total_seconds())} ago.")
    if left:
        yield problem(
            f"{left} {'finding needs' if left == 1 else 'findings need'} a person.",
            "See `flask stripe findings`.",
        )


def check_platform(installation: Installation) -> Iterator[Finding]:
    """The platform has an address, and takes what is sent there."""
    with installation.database():
        count = (
            select(func.count()).select_from(PlatformEndpoint).where(PlatformEndpoint.disabled_at.is_(None))
        )
        endpoints = db.session.scalar(count) or 0
        health = deliveries.get_health()
    if not endpoints:
        yield problem(
            "The platform has no address, so it isn't told when calling pauses.",
            "Add it: `flask platform add URL`.",
        )
    if health["failed"]:
        yield problem(
            f"{health['failed']} messages to the platform failed.",
            "See `flask platform failed`; once the reason is gone, `flask platform replay`.",
        )
    if health["oldest_waiting_seconds"] > LONGEST_WAIT.total_seconds():
        yield problem(
            f"A message to the platform has waited for {_duration(health['oldest_waiting_seconds'])}.",
            "See `flask platform endpoints`: does its address answer? And see the check `workers`.",
        )
    if endpoints:
        yield ok(f"The platform has {endpoints} {'address' if endpoints == 1 else 'addresses'}.")


def _jobs(count: int) -> str:
    return "1 job" if count == 1 else f"{count} jobs"


def _duration(seconds: float) -> str:
    """Like `90 seconds`, `12 minutes`, `5 hours` or `3 days`."""
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size:.0f} {unit}"
    return f"{seconds:.0f} seconds"

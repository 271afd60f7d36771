"""Tasks about money: payments, plans, credit that calls have reserved."""

from __future__ import annotations

from uuid import UUID

import structlog
from flask import g

from app.billing import topups
from app.billing.auto_top_ups import proceeding, recovery, restored
from app.billing.subscriptions import cancellation, renewals, switches
from app.billing.wallet import holds, overdue_calls
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from app.models.scope import Reason, scoped_to, seeing_all
from app.one_by_one import one_by_one
from app.stripe_events import handling
from app.transaction import transaction
from app.work.missing import enqueue_missing
from app.work.tasks import for_organization, in_app, periodic, task

log = structlog.get_logger("billing.jobs")

_LEASES_SECONDS = 50
"""How long a look at all leases takes at most; the rest is left for the next time."""


@task("settle_top_up")
@for_organization
def settle_top_up(org_id: str, top_up_id: str) -> None:
    """Find out the outcome of a payment that wasn't reported."""
    topups.recover(UUID(org_id), UUID(top_up_id))


@task("top_up_automatically")
@for_organization
def top_up_automatically(org_id: str) -> None:
    """Do what auto top-up has to do now: charge, try the next card, or wait."""
    proceeding.proceed(UUID(org_id))


@task("handle_stripe_event")
@in_app
@seeing_all(Reason.STRIPE_EVENTS)
def handle_stripe_event(event_id: str, customer: str | None = None) -> None:
    """Handle a Stripe event; a failed attempt schedules the next one itself.

    `customer` is whose it is, for its place in the queue.
    """
    handling.handle(event_id, left_by_killed=g.started_before, customer=customer)


@task("look_after_switch")
@for_organization
def recover_switch(org_id: str, switch_id: str) -> None:
    """Find out the outcome of a switch that wasn't reported."""
    switches.recover(UUID(org_id), UUID(switch_id))


@task("finish_cancellation")
@for_organization
def finish_cancellation(org_id: str, subscription_id: str, invoice_id: str) -> None:
    """Finish the cancellation of a plan whose renewal was not paid."""
    organization = db.session.get_one(Organization, UUID(org_id))
    cancellation.finish(organization, subscription_id, invoice_id)


@periodic("sweep", cron="* * * * *")
@in_app
@seeing_all(Reason.SWEEP)
def sweep(**_: int) -> None:
    """Recover what a killed process left open: payments, switches, and events that were stored but not handled. Also
    enqueue automatic top-ups that are to be tried by now, and a comparison if the database was restored since."""
    enqueue_missing(
        "settle_top_up",
        ({"org_id": str(org), "top_up_id": str(one)} for org, one in topups.find_stale()),
        key="top_up_id",
    )
    enqueue_missing(
        "top_up_automatically", ({"org_id": str(org)} for org in recovery.find_due()), key="org_id"
    )
    enqueue_missing(
        "look_after_switch",
        ({"org_id": str(org), "switch_id": str(one)} for org, one in switches.find_stale()),
        key="switch_id",
    )
    if not restored.is_compared():
        log.warning("database_history_changed")
        enqueue_missing("reconcile", [{"reason": "history"}], key="reason")
    enqueue_missing(
        "handle_stripe_event", ({"event_id": one} for one in handling.find_stale()), key="event_id"
    )


@periodic("end_leases", cron="* * * * * */5")
@in_app
@seeing_all(Reason.SWEEP)
def end_leases(**_: int) -> None:
    """Every five seconds, record expired leases, and notify the platform of the effects. Reads don't depend on it;
    this is for the platform, which waits for `calling.resumed`."""
    now = utc_now()

    def end(org_id: UUID) -> None:
        with scoped_to(org_id):
            holds.expire(org_id, at=now)

    one_by_one("end_leases", holds.find_expired(now), end, seconds=_LEASES_SECONDS)


@task("end_envelopes")
@for_organization
def end_envelopes(org_id: str) -> None:
    """At the end of an envelope's last day, make available what is left of it, and notify the platform."""
    with transaction():
        holds.expire(UUID(org_id), at=utc_now())


@periodic("suspend_overdue", cron="* * * * *")
@in_app
@seeing_all(Reason.SWEEP)
def suspend_overdue(**_: int) -> None:
    """Suspend plans whose renewal was not paid by its deadline."""
    renewals.suspend_overdue()


@periodic("name_overdue_calls", cron="* * * * *")
@in_app
@seeing_all(Reason.SWEEP)
def name_overdue_calls(**_: int) -> None:
    """Name calls that have been in progress for unusually long."""
    now = utc_now()

    def name(org_id: UUID) -> None:
        overdue_calls.name_overdue(org_id, at=now)

    one_by_one("name_overdue_calls", overdue_calls.find_candidates(now), name, seconds=_LEASES_SECONDS)

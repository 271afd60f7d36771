"""From the deadline of a renewal on, the free plan is in force: recorded once, and as of the deadline."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.billing import audit
from app.billing.catalog import versions
from app.billing.plans import grace, terms
from app.billing.plans.terms import FREE_PLAN
from app.billing.subscriptions import effects
from app.billing.subscriptions.effects import PlanInForce, Reason
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db
from app.models import Interval, Organization, Subscription, SubscriptionStatus
from app.one_by_one import one_by_one

_LONGEST_SECONDS = 50
"""How long a run over all overdue renewals may take; the rest is left for the next minute."""


def lock(organization: Organization) -> Subscription | None:
    """The organization's subscription, locked until the transaction ends; the wallet is locked before it."""
    query = select(Subscription).where(Subscription.org_id == organization.id).with_for_update()
    return db.session.execute(query, execution_options={"populate_existing": True}).scalar_one_or_none()


def get_in_force(organization: Organization, row: Subscription | None) -> PlanInForce:
    """The plan in force: the subscription's, or the free one if it has ended or is suspended."""
    bought = (row.version if row else None) or terms.get_terms(organization).version_now
    version = versions.in_force(bought, utc_now())
    if row is None or row.status is SubscriptionStatus.CANCELED or row.suspended_at is not None:
        return PlanInForce(FREE_PLAN, version, Interval.MONTH, bought)
    return PlanInForce(row.plan, version, Interval(row.interval), bought)


def record(organization: Organization, row: Subscription | None, now: datetime) -> bool:
    """Record that the deadline has passed, if it has and that isn't recorded yet; the caller holds the locks of
    wallet and row.

    The free plan is in force from the deadline on, however late this runs: usage since then is rated by it.
    """
    deadline = grace.deadline_of(organization, row)
    if row is None or row.suspended_at is not None or deadline is None or deadline.over_at > now:
        return False
    before = get_in_force(organization, row)
    row.suspended_at = deadline.over_at
    after = get_in_force(organization, row)
    if before != after:
        effects.make(
            organization,
            before,
            after,
            Reason.SUSPENDED,
            at=terms.get_terms(organization).not_before(deadline.over_at),
            anchor=row.anchor,
            actor=audit.OPERATOR,
        )
    db.session.flush()
    return True


def suspend_overdue() -> int:
    """Record the suspension for everyone whose deadline has passed; returns how many. Commits each.

    If one fails, the others continue, and it is retried the next time.
    """
    query = select(Subscription.org_id).where(
        Subscription.status == SubscriptionStatus.PAST_DUE,
        Subscription.failed_at.is_not(None),
        Subscription.suspended_at.is_(None),
    )
    suspended: list[UUID] = []

    def suspend(org_id: UUID) -> None:
        organization = db.session.get_one(Organization, org_id)
        if grace.is_suspended(organization, db.session.get_one(Subscription, (org_id,))):
            wallet = ledger.lock(org_id)
            if record(organization, lock(organization), utc_now()):
                wallet.version += 1
                suspended.append(org_id)

    one_by_one("suspend_overdue", db.session.scalars(query).all(), suspend, seconds=_LONGEST_SECONDS)
    return len(suspended)

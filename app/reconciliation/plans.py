"""Compares Stripe's subscriptions with the plans in force here."""

from __future__ import annotations

from sqlalchemy import select

from app.billing.customers.queries import find_organization
from app.billing.purchases import Outcome
from app.billing.subscriptions import sync
from app.database import locks
from app.extensions import db
from app.models import Organization, Subscription, SubscriptionStatus
from app.payments import subscriptions
from app.reconciliation import customers, oddities, unpaid_periods
from app.reconciliation.report import Report


def compare(report: Report) -> None:
    """Sync every plan with its subscription, even an ended one, and report what is unusual. Commits."""
    seen = set()
    for found in subscriptions.all_running():
        seen.add(found.id)
        with report.about("subscriptions", found.id):
            customers.ensure_known(report, found.customer_id)
            organization = find_organization(found.customer_id, or_was=True)
            if organization is None:
                continue
            if not sync.is_in_sync(organization, found):
                _sync(report, organization, found.id)
            oddities.check(report, organization, found)
            unpaid_periods.check(report, organization, found)
    for org_id, stripe_id in _ours():
        if stripe_id not in seen:
            with report.about("subscriptions", stripe_id):
                _sync(report, db.session.get_one(Organization, org_id), stripe_id)


def _ours() -> list[tuple[object, str]]:
    """The subscriptions that have not ended as far as we know."""
    query = select(Subscription.org_id, Subscription.stripe_id).where(
        Subscription.stripe_id.is_not(None), Subscription.status != SubscriptionStatus.CANCELED
    )
    return [(org_id, stripe_id) for org_id, stripe_id in db.session.execute(query) if stripe_id]


def _sync(report: Report, organization: Organization, subscription_id: str) -> None:
    """Sync with a freshly fetched subscription: a list may be older than an event handled since."""
    locks.advisory_lock(db.session(), subscription_id)
    found = subscriptions.fetch(subscription_id)
    synced = sync.sync_subscription(organization, found)
    if synced.has_new_default:
        report.fix(
            found.customer_id or subscription_id,
            f"{organization.name} had another default card than at Stripe: synced now.",
        )
    if synced.outcome is Outcome.CHANGED:
        report.fix(subscription_id, f"{organization.name} had another plan than at Stripe: synced now.")

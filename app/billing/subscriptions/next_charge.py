"""The next charge for a plan, stored as Stripe last previewed it.

It may differ from the catalog's price: operators apply coupons and set quantities in Stripe's dashboard, taxes are
added, and credit is deducted. Every change of it comes with an event of the subscription or its customer.
"""

from __future__ import annotations

import structlog

from app.billing.invoices import packed_sums
from app.billing.plans.terms import FREE_PLAN
from app.billing.subscriptions import switch_queries
from app.billing.wallet import ledger
from app.extensions import db
from app.models import Organization, Subscription, SubscriptionStatus
from app.payments import upcoming
from app.payments.errors import PaymentsError
from app.payments.invoice_sums import SumKind, Sums

log = structlog.get_logger("billing.plans")


def look_up(organization: Organization, subscription_id: str) -> Sums | None:
    """The next charge as Stripe previews it now; None if nothing will be charged. Changes nothing.

    Raises what `app.payments` raises.
    """
    row = switch_queries.get_subscription(organization)
    is_other = row is not None and row.stripe_id not in {None, subscription_id}
    found = None if is_other else upcoming.fetch_upcoming(subscription_id)
    is_free = found is None or not any(line.amount for line in found.of(SumKind.CHARGE))
    return None if is_free else found


def look_up_if_possible(organization: Organization, subscription_id: str) -> Sums | None:
    """The same; None also if Stripe doesn't return a preview.

    Syncing a plan doesn't wait for its next charge: reconciliation looks it up if it is missing.
    """
    try:
        return look_up(organization, subscription_id)
    except PaymentsError as error:
        log.warning("next_charge_unknown", subscription=subscription_id, reason=str(error))
        return None


def is_missing(row: Subscription) -> bool:
    """Whether a plan will be charged again, but its next charge is unknown."""
    goes_on = row.status is not SubscriptionStatus.CANCELED and row.ends_at is None
    return goes_on and row.next_charge is None and FREE_PLAN not in {row.plan, row.scheduled_plan}


def store(organization: Organization, subscription_id: str, seen: Sums | None) -> None:
    """Store the next charge of a subscription, unless the plan has another subscription by now. The caller
    commits."""
    wallet = ledger.lock(organization.id)
    row = db.session.get(Subscription, (organization.id,), populate_existing=True, with_for_update=True)
    if row is None or row.stripe_id != subscription_id:
        return
    has_ended = row.status is SubscriptionStatus.CANCELED
    packed = packed_sums.pack(seen) if seen is not None and not has_ended else None
    if row.next_charge != packed:
        row.next_charge = packed
        wallet.version += 1
        db.session.flush()


def refresh(organization: Organization) -> None:
    """Look up the next charge of an organization's plan again, and store it. The caller commits.

    Raises what `app.payments` raises.
    """
    row = switch_queries.get_subscription(organization)
    if row is None or row.stripe_id is None or row.status is SubscriptionStatus.CANCELED:
        return
    store(organization, row.stripe_id, look_up(organization, row.stripe_id))

"""Plans and invoices that only we know of, for tests that need no Stripe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from app.billing import catalog
from app.billing.plans import periods, terms
from app.extensions import db
from app.models import Invoice, InvoiceStatus, Organization, Subscription, SubscriptionStatus
from app.money import Money


@dataclass(frozen=True, slots=True)
class Period:
    """A billing period: `end` is the first day of the next."""

    start: date
    end: date


def subscribe(organization: Organization, plan: str, *, period: Period) -> Subscription:
    """Put an organization on a plan from `period` on. Raises `CatalogError`."""
    plan_catalog, zone = catalog.current(), ZoneInfo(organization.timezone)
    subscription = Subscription(
        org_id=organization.id,
        plan=plan_catalog.plan(plan).key,
        version=plan_catalog.version,
        status=SubscriptionStatus.ACTIVE,
        period_start=period.start,
        period_end=period.end,
        anchor=periods.noon(period.start, zone),
    )
    db.session.add(subscription)
    db.session.flush()
    midnight = datetime.combine(period.start, time(), zone)
    terms.start_plan(organization, plan, midnight)
    return subscription


def record_invoice(
    organization: Organization,
    *,
    stripe_id: str,
    number: str,
    description: str,
    amount: Money,
    issued_at: datetime,
    paid: bool,
    failed_at: datetime | None = None,
) -> Invoice:
    """Write down a finalized invoice of the plan; `failed_at` is when a payment of it last failed."""
    invoice = Invoice(
        org_id=organization.id,
        stripe_id=stripe_id,
        number=number,
        description=description,
        amount_micro=amount.micro,
        currency=amount.currency,
        issued_at=issued_at,
        status=InvoiceStatus.PAID if paid else InvoiceStatus.OPEN,
        failed_at=failed_at,
    )
    db.session.add(invoice)
    db.session.flush()
    return invoice


def record_failed_renewal(organization: Organization, *, at: datetime, failure: str) -> None:
    """The plan's renewal was not paid: it is past due until it is. `failure` is Stripe's decline code."""
    subscription = db.session.get_one(Subscription, (organization.id,))
    subscription.status = SubscriptionStatus.PAST_DUE
    subscription.failed_at = at
    subscription.failure = failure
    db.session.flush()

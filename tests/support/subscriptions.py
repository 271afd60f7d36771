"""Plans, subscriptions and invoices that only we know of, for tests that need no Stripe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.billing import catalog
from app.billing.plans import terms
from app.clock import utc_now
from app.extensions import db
from app.models import Invoice, InvoiceStatus, Organization, Subscription, SubscriptionStatus
from app.money import Money
from app.payments.statuses import StripeSubscriptionStatus
from app.payments.subscription_facts import Chosen, StripeSubscription
from app.payments.tax_settings import TaxSettings


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
        anchor=datetime.combine(period.start, time(12), zone),
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


def as_stripe_has_it(plan: str = "growth", interval: str = "month", **facts: Any) -> StripeSubscription:
    """A subscription in the middle of its period as if it had been fetched, with these `facts` of it."""
    begun = utc_now().replace(microsecond=0) - timedelta(days=10)
    usual: dict[str, Any] = {
        "id": "sub_1",
        "customer_id": "cus_1",
        "status": StripeSubscriptionStatus.ACTIVE,
        "item_id": "si_1",
        "price_id": "price_1",
        "chosen": Chosen(plan, interval),
        "interval": interval,
        "is_free": False,
        "price": catalog.current().plan(plan).price_by(interval),
        "anchor": begun,
        "period_start": begun,
        "period_end": begun + timedelta(days=30),
        "ends_at": None,
        "ends_with_period": False,
        "ended_at": None,
        "schedule_id": None,
        "planned": None,
        "waiting": None,
        "waits_until": None,
        "latest_invoice_id": None,
        "open_invoice_id": None,
        "own_card_id": None,
        "customer_card_id": None,
        "quantity": 1,
        "tax": TaxSettings(),
        "has_discounts": False,
        "currency": "USD",
    }
    return StripeSubscription(**usual | facts)

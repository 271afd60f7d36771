"""Customers that Stripe has and that aren't known here, with their cards, invoices and subscriptions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from app.billing.customers import adoption
from app.billing.customers.queries import find_organization
from app.extensions import db
from app.models import Organization
from app.payments import customers
from app.reconciliation.report import Report
from app.stripe_events import handling
from app.transaction import transaction

_AS_IF: dict[str, Callable[[str], list[str]]] = {
    "payment_method.attached": customers.cards_of,
    "invoice.finalized": customers.invoices_of,
    "customer.subscription.created": customers.subscriptions_of,
}
"""What a customer has, as if these events of it came now."""


def compare_since(report: Report, start: datetime) -> None:
    """Record each customer created since `start` for an organization that doesn't know it. Commits."""
    for customer_id, named in customers.created_since(start):
        with report.about("customers", customer_id):
            _compare(report, customer_id, named)


def ensure_known(report: Report, customer_id: str | None) -> None:
    """Record the customer of something that is being compared, if it isn't known and is one's of ours. Commits."""
    if customer_id is not None and find_organization(customer_id, or_was=True) is None:
        _compare(report, customer_id, customers.organization_of(customer_id))


def read(org_id: UUID) -> None:
    """Record everything that Stripe has of an organization's customer. Commits; raises what `app.payments` raises."""
    customer_id = db.session.get_one(Organization, org_id, populate_existing=True).stripe_customer_id
    if customer_id is None:
        return
    for type_, listed in _AS_IF.items():
        for object_id in listed(customer_id):
            _handle(type_, object_id)


def _compare(report: Report, customer_id: str, named: str | None) -> None:
    if find_organization(customer_id, or_was=True) is not None or not adoption.record(customer_id, named):
        return
    report.fix(customer_id, f"{customer_id} of organization {named} wasn't known here: recorded.")
    read(UUID(named))


def _handle(type_: str, object_id: str) -> None:
    handling.HANDLERS[type_](object_id)
    with transaction():
        """What the handler wrote and didn't commit."""

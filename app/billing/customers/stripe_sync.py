"""Syncs billing details to Stripe's customer."""

from __future__ import annotations

from uuid import UUID

from app.billing.customers import queries
from app.billing.mail.recipients import recipients_of
from app.extensions import db, enqueue
from app.models import Organization
from app.payments import customers
from app.payments.customers import StripeDetails
from app.transaction import end_reading, transaction

_TIMES = 5
"""How often one job syncs details that keep changing, before a new job continues."""


def enqueue_sync(org_id: UUID) -> None:
    """Enqueue the sync, in the caller's transaction."""
    enqueue("tell_billing_details", org_id=str(org_id))


def sync_to_stripe(org_id: UUID) -> None:
    """Sync the current details to Stripe's customer. Commits. Raises what `app.payments` raises.

    No lock is held: every sync checks afterward whether the details have changed, so that the last sync always sends
    the current ones.
    """
    told: tuple[str, StripeDetails, int] | None = None
    for _ in range(_TIMES):
        now = _for_stripe(org_id)
        if now is None or now == told:
            return
        customer_id, details, version = now
        customers.describe(customer_id, details, key=f"{org_id}:{version}")
        told = now
    with transaction():
        enqueue_sync(org_id)


def _for_stripe(org_id: UUID) -> tuple[str, StripeDetails, int] | None:
    """The customer, its details for Stripe, and their version; freshly read.

    No transaction is open afterward. None if there is no customer, or nothing was ever saved.
    """
    db.session.expire_all()
    organization = db.session.get_one(Organization, org_id)
    details, version = queries.gather(organization)
    recipients = recipients_of(organization)
    customer_id = organization.stripe_customer_id
    end_reading()
    if customer_id is None or not version:
        return None
    return (
        customer_id,
        StripeDetails(
            name=details.legal_name or organization.name,
            email=recipients[0] if recipients else None,
            address={
                "line1": details.line1,
                "line2": details.line2,
                "city": details.city,
                "state": details.region,
                "postal_code": details.postal_code,
                "country": details.country,
            },
            tax_id=(details.tax_kind, details.tax_id) if details.tax_id else None,
            purchase_order=details.purchase_order or None,
        ),
        version,
    )

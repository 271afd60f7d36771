"""Letting Stripe's customer have the billing details that we have."""

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
"""How often details are told that change again meanwhile, before a new job continues."""


def enqueue_sync(org_id: UUID) -> None:
    """Let a job tell Stripe, in the caller's transaction."""
    enqueue("tell_billing_details", org_id=str(org_id))


def sync_to_stripe(org_id: UUID) -> None:
    """Let Stripe's customer have the details that we have now. Commits. Raises what `app.payments` raises.

    No lock is held meanwhile: anyone who has told Stripe looks whether the details are others by now, so that
    the last one to tell it tells those that we have.
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
    """The customer, what Stripe is to know of it, and of which version that is; read afresh.

    No transaction is open afterward. None where there is no customer, or nothing was ever saved.
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

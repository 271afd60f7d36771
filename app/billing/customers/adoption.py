"""A customer at Stripe that was created for an organization and isn't known here: the database was restored to an
earlier moment, or the process was killed before it recorded it.

Stripe's metadata says whose it is. What else Stripe has of it is read by a job (`app.reconciliation.customers`).
"""

from __future__ import annotations

from uuid import UUID

import structlog

from app.billing.wallet import ledger
from app.extensions import db, enqueue
from app.models import Organization
from app.payments import customers
from app.transaction import transaction

log = structlog.get_logger("billing.customers")


def adopt(customer_id: str) -> bool:
    """Record a customer as its organization's, if it was created for one that is here; whether it is one's now.

    Commits. Where the organization has another one by now, it counts as a former one: its payments are the
    organization's. Raises what `app.payments` raises.
    """
    return record(customer_id, customers.organization_of(customer_id))


def record(customer_id: str, named: str | None) -> bool:
    """As `adopt`, for a customer whose organization is known by what Stripe has of it."""
    try:
        org_id = UUID(named or "")
    except ValueError:
        return False
    if db.session.get(Organization, org_id) is None:
        return False
    with transaction():
        wallet = ledger.lock(org_id)
        organization = db.session.get_one(Organization, org_id, populate_existing=True)
        if organization.has_customer(customer_id):
            return True
        if organization.stripe_customer_id is None:
            organization.stripe_customer_id = customer_id
            enqueue("read_customer", org_id=str(org_id))
        else:
            organization.former_customer_ids = [*organization.former_customer_ids, customer_id]
        wallet.version += 1
    log.warning("customer_adopted", organization=named, customer=customer_id)
    return True

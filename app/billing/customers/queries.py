"""Finding an organization by its customer at Stripe, and the billing details of one."""

from __future__ import annotations

from dataclasses import fields
from uuid import UUID

from sqlalchemy import select

from app.billing.customers.validation import Details
from app.extensions import db
from app.models import BillingDetails, Organization


def find_organization(customer_id: str | None, *, or_was: bool = False) -> Organization | None:
    """The organization of a customer; `or_was` finds it by a customer that was deleted too."""
    if customer_id is None:
        return None
    is_its = Organization.stripe_customer_id == customer_id
    if or_was:
        is_its |= Organization.former_customer_ids.contains([customer_id])
    return db.session.scalar(select(Organization).where(is_its))


def gather(organization: Organization) -> tuple[Details, int]:
    """The details, and their version for `details.save`."""
    row = find_row(organization.id)
    if row is None:
        return Details(emails=tuple(organization.billing_emails)), 0
    kept = {one.name: getattr(row, one.name) for one in fields(Details) if one.name != "emails"}
    return Details(**kept, emails=tuple(organization.billing_emails)), row.version


def find_row(org_id: UUID) -> BillingDetails | None:
    """The row as the database has it now; None if nothing was ever saved."""
    return db.session.scalar(
        select(BillingDetails).where(BillingDetails.org_id == org_id),
        execution_options={"populate_existing": True},
    )

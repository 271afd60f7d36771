"""Finding the billing details of an organization."""

from __future__ import annotations

from dataclasses import fields
from uuid import UUID

from sqlalchemy import select

from app.billing.customers.entering import Details
from app.extensions import db
from app.models import BillingDetails, Organization


def gather(organization: Organization) -> tuple[Details, int]:
    """The details, and their version for `details.save`."""
    row = find_row(organization.id)
    if row is None:
        return Details(emails=tuple(organization.billing_emails)), 0
    kept = {one.name: getattr(row, one.name) for one in fields(Details) if one.name != "emails"}
    return Details(**kept, emails=tuple(organization.billing_emails)), row.version


def find_row(org_id: UUID) -> BillingDetails | None:
    """The row as the database has it now; None where nothing was ever saved."""
    return db.session.scalar(
        select(BillingDetails).where(BillingDetails.org_id == org_id),
        execution_options={"populate_existing": True},
    )

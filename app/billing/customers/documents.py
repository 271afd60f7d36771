"""Who is billed, as shown on documents."""

from __future__ import annotations

from app.billing.customers import queries
from app.billing.customers.validation import COUNTRIES, Details
from app.billing.statements import headers
from app.billing.statements.headers import StatementHeader
from app.models import Organization
from app.months import Month

_TOWN_FIRST = frozenset({"US", "CA", "AU", "NZ", "GB", "IE", "IN"})
"""Countries where the postal code follows the town."""


def on_documents(organization: Organization) -> list[str]:
    """The lines on documents that say who is billed; the organization's name if nothing else is known."""
    details, _ = queries.gather(organization)
    name = details.legal_name or organization.name
    lines = [name, details.line1, details.line2, *_town(details), COUNTRIES.get(details.country, "")]
    if details.tax_id:
        lines.append(f"Tax ID: {details.tax_id}")
    if details.purchase_order:
        lines.append(f"Purchase order: {details.purchase_order}")
    return [line for line in lines if line]


def on_statement(organization: Organization, month: Month) -> StatementHeader:
    """What the wallet's statement of a month says about the organization."""
    return headers.find_snapshot(organization, month) or _head_now(organization)


def snapshot_on_statements(organization: Organization) -> None:
    """Freeze the headers of past statements; call before changing name, time zone or details."""
    headers.snapshot(organization, _head_now(organization))


def _head_now(organization: Organization) -> StatementHeader:
    return StatementHeader(organization.name, organization.timezone, tuple(on_documents(organization)))


def _town(details: Details) -> list[str]:
    if details.country in _TOWN_FIRST:
        place = ", ".join(part for part in (details.city, details.region) if part)
        return [f"{place} {details.postal_code}".strip()]
    return [f"{details.postal_code} {details.city}".strip(), details.region]

"""Who is billed, as shown on documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.billing.customers import queries
from app.billing.customers.validation import COUNTRIES, Details, country_name
from app.billing.statements import headers
from app.billing.statements.headers import StatementHeader
from app.language import gettext
from app.models import Organization
from app.months import Month

_TOWN_FIRST = frozenset({"US", "CA", "AU", "NZ", "GB", "IE", "IN"})
"""Countries where the postal code follows the town."""
_TAX_ID, _PURCHASE_ORDER = "Tax ID: ", "Purchase order: "
_CODES = {name: code for code, name in COUNTRIES.items()}


def on_documents(organization: Organization) -> list[str]:
    """The lines on documents that say who is billed; the organization's name if nothing else is known."""
    return _for_reader(_in_english(organization))


def on_statement(organization: Organization, month: Month) -> StatementHeader:
    """What the wallet's statement of a month says about the organization."""
    head = headers.find_snapshot(organization, month) or _head_now(organization)
    return replace(head, billed=tuple(_for_reader(head.billed)))


def snapshot_on_statements(organization: Organization) -> None:
    """Freeze the headers of past statements; call before changing name, time zone or details."""
    headers.snapshot(organization, _head_now(organization))


def _head_now(organization: Organization) -> StatementHeader:
    return StatementHeader(organization.name, organization.timezone, tuple(_in_english(organization)))


def _in_english(organization: Organization) -> list[str]:
    """The lines as they are stored for past statements."""
    details, _ = queries.gather(organization)
    name = details.legal_name or organization.name
    lines = [name, details.line1, details.line2, *_town(details), COUNTRIES.get(details.country, "")]
    if details.tax_id:
        lines.append(f"{_TAX_ID}{details.tax_id}")
    if details.purchase_order:
        lines.append(f"{_PURCHASE_ORDER}{details.purchase_order}")
    return [line for line in lines if line]


def _for_reader(lines: Sequence[str]) -> list[str]:
    """The lines in the reader's language: what is ours, and the country, which is the last line of an address."""
    name, *own = lines
    ours: list[str] = []
    if own and own[-1].startswith(_PURCHASE_ORDER):
        number = own.pop().removeprefix(_PURCHASE_ORDER)
        ours.insert(0, gettext("Purchase order: %(number)s", number=number))
    if own and own[-1].startswith(_TAX_ID):
        ours.insert(0, gettext("Tax ID: %(number)s", number=own.pop().removeprefix(_TAX_ID)))
    if own and own[-1] in _CODES:
        ours.insert(0, country_name(_CODES[own.pop()]))
    return [name, *own, *ours]


def _town(details: Details) -> list[str]:
    if details.country in _TOWN_FIRST:
        place = ", ".join(part for part in (details.city, details.region) if part)
        return [f"{place} {details.postal_code}".strip()]
    return [f"{details.postal_code} {details.city}".strip(), details.region]

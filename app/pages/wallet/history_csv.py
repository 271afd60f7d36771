"""What the history's file says: lines, or the usage that was selected, as fine as it is stored."""

from __future__ import annotations

from collections.abc import Iterator

from app.billing.activity import history, usage_history
from app.billing.activity.filters import Filters
from app.billing.catalog import meters
from app.language import gettext, translated
from app.models import Organization
from app.pages.csv_rows import Cell
from app.pages.labels import movement_label

_LINES = ("posted_at", "day", "what", "detail", "amount", "balance", "currency")
_USAGE = (
    "day",
    "what",
    "meter",
    "campaign",
    "agent",
    "number",
    "direction",
    "country",
    "calls",
    "units",
    "unit",
    "amount",
    "currency",
)


def rows(organization: Organization, filters: Filters) -> Iterator[tuple[Cell, ...]]:
    """The head, and everything that the filters select."""
    return _usage(organization, filters) if filters.is_of_usage else _lines(organization, filters)


def _lines(organization: Organization, filters: Filters) -> Iterator[tuple[Cell, ...]]:
    yield _LINES
    for line in history.list_all_entries(organization, filters):
        detail = "; ".join(f"{one.amount} {one.unit}" for one in line.quantities) or line.detail
        yield (
            line.at,
            line.day,
            movement_label(line.kind, line.usage_group),
            detail,
            line.amount.decimal,
            "" if line.balance is None else line.balance.decimal,
            organization.currency,
        )


def _usage(organization: Organization, filters: Filters) -> Iterator[tuple[Cell, ...]]:
    yield _USAGE
    for one in usage_history.list_all_rows(organization, filters):
        meter = meters.get_meter(one.meter)
        yield (
            one.day,
            gettext("Correction") if one.is_correction else gettext("Usage"),
            translated(meter.label),
            one.campaign,
            one.agent,
            one.number,
            one.direction,
            one.country,
            one.calls,
            one.units,
            meter.unit,
            one.amount.decimal,
            organization.currency,
        )

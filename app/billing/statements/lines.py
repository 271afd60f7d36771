"""The lines of a monthly statement: each movement, and usage by campaign, agent, meter and day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.billing.catalog import meters
from app.billing.catalog.quantities import Units
from app.models import TransferKind
from app.money import Money


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line that changed the balance by `amount`. Usage has its `meter`, by its label, `used_on` and `quantity`."""

    posted_on: date
    used_on: date | None
    kind: TransferKind
    meter: str
    detail: str
    campaign: str
    agent: str
    quantity: Units | None
    amount: Money


def read(rows: Iterable[Any], currency: str) -> Iterator[StatementLine]:
    """The rows of `PARTS_AND_LINES` that are lines."""
    for row in rows:
        amount = Money(int(row.amount), currency)
        if row.part == "moved":
            kind = TransferKind(row.name)
            yield StatementLine(row.posted_on, None, kind, "", row.detail, "", "", None, amount)
        else:
            meter = meters.get_meter(row.name)
            units = Units(int(row.units), meter.unit)
            yield StatementLine(
                row.posted_on,
                row.day,
                TransferKind.USAGE,
                meter.label,
                "",
                row.campaign,
                row.agent,
                units,
                amount,
            )

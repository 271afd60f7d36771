"""The statement as rows of a CSV file.

`section` distinguishes the month's totals from each `line`; all lines add up to the change of the balance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.billing.catalog.quantities import Units
from app.billing.statements import Statement
from app.billing.statements.lines import StatementLine
from app.money import Money
from app.pages.csv_rows import Cell
from app.pages.labels import movement_label, movements_label

_Quantity = tuple[Cell, str]

HEAD = (
    "section",
    "what",
    "quantity",
    "unit",
    "amount",
    "currency",
    "posted_on",
    "used_on",
    "campaign",
    "agent",
    "detail",
)


def rows(statement: Statement, lines: Iterable[StatementLine]) -> Iterator[tuple[Cell, ...]]:
    """The header, the totals, and the lines."""
    yield HEAD
    yield _sum("balance", "opening", statement.opening)
    for move in statement.moves:
        yield _sum("movement", movements_label(move.kind), move.amount, (move.count, ""))
    for used in statement.usage:
        yield _sum("usage", used.label, -used.cost, _quantity(used.quantity))
    yield _sum("balance", "closing", statement.closing)
    for campaign in statement.campaigns:
        yield _sum("usage by campaign", campaign.name, -campaign.cost)
    for agent in statement.agents:
        yield _sum("usage by agent", agent.name, -agent.cost)
    for late in statement.late:
        yield _sum("usage from earlier days", late.day, -late.cost)
    for line in lines:
        yield (
            *_start("line", line.meter or movement_label(line.kind), line.amount, _quantity(line.quantity)),
            line.posted_on,
            line.used_on or "",
            line.campaign,
            line.agent,
            line.detail,
        )


def _sum(section: str, what: Cell, amount: Money, quantity: _Quantity = ("", "")) -> tuple[Cell, ...]:
    return (*_start(section, what, amount, quantity), "", "", "", "", "")


def _start(section: str, what: Cell, amount: Money, quantity: _Quantity) -> tuple[Cell, ...]:
    return (section, what, *quantity, amount.decimal, amount.currency)


def _quantity(units: Units | None) -> _Quantity:
    return (units.count, units.unit) if units else ("", "")

"""The statement as rows of a CSV file; amounts exact, with a point, so that any program reads them.

`section` tells the sums of the month from each `line` of it; all lines together are what the balance changed by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.billing.money import Money
from app.billing.quantities import Units
from app.billing.statement_lines import Line
from app.billing.statements import Statement

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


def rows(statement: Statement, lines: Iterable[Line]) -> Iterator[tuple[str, ...]]:
    """The head, the sums, and the lines as they come."""
    yield HEAD
    yield _sum("balance", "opening", statement.opening)
    for move in statement.moves:
        yield _sum("movement", move.label, move.amount, (str(move.count), ""))
    for used in statement.usage:
        yield _sum("usage", used.label, -used.cost, _quantity(used.quantity))
    yield _sum("balance", "closing", statement.closing)
    for campaign in statement.campaigns:
        yield _sum("usage by campaign", campaign.name, -campaign.cost)
    for agent in statement.agents:
        yield _sum("usage by agent", agent.name, -agent.cost)
    for late in statement.late:
        yield _sum("of it used earlier", late.day.isoformat(), -late.cost)
    for line in lines:
        yield (
            *_start("line", line.what, line.amount, _quantity(line.quantity)),
            line.posted_on.isoformat(),
            line.used_on.isoformat() if line.used_on else "",
            line.campaign,
            line.agent,
            line.detail,
        )


def _sum(section: str, what: str, amount: Money, quantity: tuple[str, str] = ("", "")) -> tuple[str, ...]:
    return (*_start(section, what, amount, quantity), "", "", "", "", "")


def _start(section: str, what: str, amount: Money, quantity: tuple[str, str]) -> tuple[str, ...]:
    return (section, what, *quantity, f"{amount.decimal:f}", amount.currency)


def _quantity(units: Units | None) -> tuple[str, str]:
    return (str(units.count), units.unit) if units else ("", "")

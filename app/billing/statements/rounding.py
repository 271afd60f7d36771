"""Statements to the cent, so that they add up as printed: opening balance, each figure in between, closing balance.

The ledger counts in millionths, and figures that are rounded each by itself may miss their sum by cents, which no one
who checks a document should have to explain. Balances are rounded by themselves, so that a closing balance is the
next month's opening one; what lies between is rounded so that it adds up (`app.money.in_and_out`). Exact amounts are
in the CSV file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from app.billing.statements.overview import MonthLine
from app.billing.statements.statement import Late, MeterUsed, Move, Spent, Statement
from app.money import Money, in_and_out, parts_of, total

T = TypeVar("T", MeterUsed, Spent, Late)


def to_the_cent(statement: Statement) -> Statement:
    """The statement in whole cents: moves and usage add up to the difference of the balances, meters, campaigns and
    agents to the usage."""
    opening, closing = statement.opening.to_smallest_unit, statement.closing.to_smallest_unit
    added, used = in_and_out(opening, closing, statement.added, statement.used)
    moved = parts_of(added, [move.amount for move in statement.moves])
    return replace(
        statement,
        opening=opening,
        moves=tuple(_moved(move, amount) for move, amount in zip(statement.moves, moved, strict=True)),
        usage=_costing(statement.usage, used, statement.used),
        campaigns=_costing(statement.campaigns, used, statement.used),
        agents=_costing(statement.agents, used, statement.used),
        late=_costing(statement.late, used, statement.used),
        used=used,
        closing=closing,
    )


def line_to_the_cent(line: MonthLine) -> MonthLine:
    """A month's line in whole cents, as its statement is."""
    opening, closing = line.opening.to_smallest_unit, line.closing.to_smallest_unit
    added, used = in_and_out(opening, closing, line.added, line.used)
    return replace(line, opening=opening, added=added, used=used, closing=closing)


def _moved(move: Move, amount: Money) -> Move:
    return replace(move, amount=amount)


def _costing(rows: Sequence[T], used: Money, exact: Money) -> tuple[T, ...]:
    """Rows in whole cents; they add up to the usage in whole cents where they are all of it."""
    costs = [row.cost for row in rows]
    cost = total(costs, used.currency)
    whole = used if cost == exact else cost.to_smallest_unit
    shown = parts_of(whole, costs)
    return tuple(replace(row, cost=one) for row, one in zip(rows, shown, strict=True))

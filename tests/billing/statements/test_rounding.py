"""Statements to the cent add up, whatever the amounts, and stay within a cent of what is exact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from app.billing import statements
from app.billing.catalog.quantities import Units
from app.billing.statements import MonthLine, Spent, Statement
from app.billing.statements.statement import Late, MeterUsed, Move
from app.models import TransferKind, UsageGroup
from app.money import Money, total
from app.months import Month

CENT = 10_000
MONTH = Month(2026, 9)
amounts = st.integers(-(10**10), 10**10).map(lambda micro: Money(micro, "USD"))
costs = st.lists(st.integers(0, 10**8).map(lambda micro: Money(micro, "USD")), max_size=6)


def of(opening: Money, moves: Sequence[Money], meters: Sequence[Money], late: Sequence[Money]) -> Statement:
    """A statement of these figures, as the ledger adds them up."""
    used = total(meters, "USD")
    return Statement(
        month=MONTH,
        is_open=False,
        opening=opening,
        moves=tuple(Move(TransferKind.TOP_UP, amount, 1) for amount in moves),
        usage=tuple(
            MeterUsed(f"meter {number}", list(UsageGroup)[number % 3], Units(1, "token"), cost)
            for number, cost in enumerate(meters)
        ),
        campaigns=tuple(Spent(f"campaign {number}", cost) for number, cost in enumerate(meters)),
        agents=tuple(Spent(f"agent {number}", cost) for number, cost in enumerate(reversed(meters))),
        late=tuple(Late(date(2026, 8, 1 + number), cost) for number, cost in enumerate(late)),
        used=used,
        closing=opening + total(moves, "USD") - used,
    )


@given(opening=amounts, moves=st.lists(amounts, max_size=4), meters=costs, late=costs)
def test_all_figures_are_whole_cents_and_add_up(
    opening: Money, moves: list[Money], meters: list[Money], late: list[Money]
) -> None:
    exact = of(opening, moves, meters, late)
    found = statements.to_the_cent(exact)
    figures = [
        *(move.amount for move in found.moves),
        *(row.cost for rows in (found.usage, found.campaigns, found.agents, found.late) for row in rows),
    ]
    assert all(one.micro % CENT == 0 for one in [found.opening, found.used, found.closing, *figures])
    assert (found.opening, found.closing) == (exact.opening.to_smallest_unit, exact.closing.to_smallest_unit)
    assert found.opening + found.added - found.used == found.closing
    assert total((move.amount for move in found.moves), "USD") == found.added
    for rows in (found.usage, found.campaigns, found.agents, found.groups):
        assert total((row.cost for row in rows), "USD") == found.used
    of_late = total(late, "USD")
    shown = found.used if of_late == exact.used else of_late.to_smallest_unit
    assert total((row.cost for row in found.late), "USD") == shown
    for rows in (found.usage, found.campaigns, found.agents, found.late):
        assert all(row.cost.micro >= 0 for row in rows)


@given(opening=amounts, moves=st.lists(amounts, max_size=4), meters=costs)
def test_none_is_far_from_what_is_exact_and_nothing_is_made_of_nothing(
    opening: Money, moves: list[Money], meters: list[Money]
) -> None:
    exact = of(opening, moves, meters, [])
    found = statements.to_the_cent(exact)
    for before, after in zip(
        [*(move.amount for move in exact.moves), *(row.cost for row in exact.usage)],
        [*(move.amount for move in found.moves), *(row.cost for row in found.usage)],
        strict=True,
    ):
        assert abs(after - before).micro <= 2 * CENT
        assert before or not after, "nothing stays nothing"
    assert found.used or not exact.used or exact.used.micro < 2 * CENT
    assert exact.used or not found.used


@given(opening=amounts, moves=st.lists(amounts, max_size=4), meters=costs)
def test_the_list_of_months_says_the_same(opening: Money, moves: list[Money], meters: list[Money]) -> None:
    exact = of(opening, moves, meters, [])
    line = MonthLine(MONTH, False, exact.opening, exact.added, exact.used, exact.closing)
    found, listed = statements.to_the_cent(exact), statements.line_to_the_cent(line)
    assert (listed.opening, listed.added, listed.used, listed.closing) == (
        found.opening,
        found.added,
        found.used,
        found.closing,
    )

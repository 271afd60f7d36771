"""The top of a long list, and what the others cost together, so that no page grows without limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from app.money import Money, total


class Costing(Protocol):
    """Something that has a cost."""

    @property
    def cost(self) -> Money: ...


T = TypeVar("T", bound=Costing)


@dataclass(frozen=True, slots=True)
class Shortlist(Generic[T]):
    """The first `rows`; how many `others` there are, and their cost, which is None if there are none."""

    rows: tuple[T, ...]
    others: int
    others_cost: Money | None


def shortlist(rows: Sequence[T], most: int) -> Shortlist[T]:
    """The first `most` of the rows."""
    left = rows[most:]
    cost = total((one.cost for one in left), left[0].cost.currency) if left else None
    return Shortlist(tuple(rows[:most]), len(left), cost)

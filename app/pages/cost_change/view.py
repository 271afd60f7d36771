"""The parts of a difference as the page lists them: by segment, down to the calls of both periods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.billing.activity.cost_change import CostChange, PartChange, Period, SegmentChange
from app.language import marked, translated
from app.money import Money, parts_of, total
from app.pages.cost_change import wording
from app.pages.cost_change.query import CostQuery
from app.pages.wallet.history_query import DIRECTIONS

SEGMENTS = 50
"""How many segments of a part are listed."""
_NONE = {
    "campaign": marked("No campaign"),
    "agent": marked("No agent"),
    "number": marked("No phone number"),
    "direction": marked("No direction"),
    "country": marked("No country"),
}
"""Usage without such a name."""


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """A segment's share of a part; the addresses list its calls before and after, None where it has no name."""

    label: str
    amount: Money
    before: dict[str, object] | None
    after: dict[str, object] | None


@dataclass(frozen=True, slots=True)
class PartRow:
    """A part of the difference; `others` are segments beyond those listed."""

    key: str
    label: str
    about: str
    amount: Money
    segments: tuple[SegmentRow, ...]
    others: int
    others_amount: Money


def to_the_cent(change: CostChange) -> CostChange:
    """The change in whole cents, as it is shown: its parts add up to the difference, and their segments to them."""
    before, after = (replace(one, cost=one.cost.to_smallest_unit) for one in (change.before, change.after))
    amounts = parts_of(after.cost - before.cost, [part.amount for part in change.parts])
    parts = tuple(_part_of(part, amount) for part, amount in zip(change.parts, amounts, strict=True))
    return replace(change, before=before, after=after, parts=parts)


def _part_of(part: PartChange, amount: Money) -> PartChange:
    amounts = parts_of(amount, [segment.amount for segment in part.segments])
    segments = (replace(one, amount=cents) for one, cents in zip(part.segments, amounts, strict=True))
    return replace(part, amount=amount, segments=tuple(one for one in segments if one.amount))


def list_parts(change: CostChange, asked: CostQuery) -> Iterator[PartRow]:
    """The parts that changed something, the largest change first."""
    for one in sorted(
        (part for part in change.parts if part.amount), key=lambda part: -abs(part.amount.micro)
    ):
        label = wording.part_label(one, asked.by)
        left = one.segments[SEGMENTS:]
        yield PartRow(
            key=one.part.value,
            label=label[:1].upper() + label[1:],
            about=translated(wording.ABOUT[one.part]),
            amount=one.amount,
            segments=tuple(_row(segment, asked) for segment in one.segments[:SEGMENTS]),
            others=len(left),
            others_amount=total((segment.amount for segment in left), one.amount.currency),
        )


def _row(segment: SegmentChange, asked: CostQuery) -> SegmentRow:
    name = segment.name
    return SegmentRow(
        label=translated(DIRECTIONS.get(name, name)) if name else translated(_NONE[asked.by]),
        amount=segment.amount,
        before=_calls_of(name, asked, asked.before) if name else None,
        after=_calls_of(name, asked, asked.after) if name else None,
    )


def _calls_of(name: str, asked: CostQuery, period: Period) -> dict[str, object]:
    return {asked.by: name, "group": asked.group, "from": period.first, "to": period.last}

"""Positions in an organization's ledger: what usage had cost up to one, and which transfer was posted when.

Both only grow from one transfer to the next, so a position is found by halving: some twenty look-ups by index,
however long the ledger is.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from app.extensions import db
from app.models import AccountName, Transfer, TransferKind, WalletLine


def is_usage() -> ColumnElement[bool]:
    """In a statement with `Transfer`: whether it is usage, or a correction that adds some."""
    added = and_(Transfer.kind == TransferKind.ADJUSTMENT, Transfer.debit == AccountName.WALLET)
    return (Transfer.kind == TransferKind.USAGE) | added


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the history that is not a day's usage: one transfer, which changed the balance by `change`."""

    seq: int
    kind: TransferKind
    change: int
    balance: int
    source: str
    posted_at: datetime
    top_up_id: UUID | None
    corrects_seq: int | None
    detail: str


def read_events(org_id: UUID, first: int, last: int) -> Iterator[Event]:
    """The events from one position to another, in their order. One statement."""
    line = WalletLine
    query = (
        select(
            line.seq,
            line.kind,
            line.amount_micro,
            Transfer.balance_after_micro,
            Transfer.source,
            Transfer.posted_at,
            line.top_up_id,
            line.corrects_seq,
            line.detail,
        )
        .join(Transfer, and_(Transfer.org_id == line.org_id, Transfer.seq == line.seq))
        .where(line.org_id == org_id, line.seq.between(first, last), line.usage_group.is_(None))
        .order_by(line.seq)
    )
    for row in db.session.execute(query):
        yield Event(*row)


class Positions:
    """The transfers from `first` to `last`, read as they are needed.

    `others` are the changes of the balance among them that are not usage, by position, in their order.
    """

    def __init__(self, org_id: UUID, first: int, last: int, others: Sequence[tuple[int, int]]) -> None:
        self.org_id = org_id
        self.first = first
        self.last = last
        self._read: dict[int, tuple[int, datetime]] = {}
        self._others = [seq for seq, _ in others]
        self._changes = [0, *accumulate(change for _, change in others)]
        self._before = self._row(first - 1)[0] if first > 1 else 0

    @classmethod
    def among(cls, org_id: UUID, first: int, last: int) -> Positions:
        """The same, reading also what is not usage among them."""
        events = read_events(org_id, first, last)
        others = [
            (one.seq, one.change)
            for one in events
            if not (one.kind is TransferKind.ADJUSTMENT and one.change < 0)
        ]
        return cls(org_id, first, last, others)

    def used_through(self, seq: int) -> int:
        """What the usage from the first transfer to this one cost, in micro-units."""
        if seq < self.first:
            return 0
        other = self._changes[bisect_right(self._others, seq)]
        return self._before - self._row(seq)[0] + other

    def posted_at(self, seq: int) -> datetime:
        return self._row(seq)[1]

    def last_before(self, at: datetime) -> int:
        """The last position that was posted before a time; the one before the first if there is none."""
        if self.posted_at(self.last) < at:
            return self.last
        return self.first + bisect_left(range(self.first, self.last + 1), at, key=self.posted_at) - 1

    def _row(self, seq: int) -> tuple[int, datetime]:
        if seq not in self._read:
            query = select(Transfer.balance_after_micro, Transfer.posted_at).where(
                Transfer.org_id == self.org_id, Transfer.seq == seq
            )
            row = db.session.execute(query).one()
            self._read[seq] = (row.balance_after_micro, row.posted_at)
        return self._read[seq]


@dataclass(frozen=True, slots=True)
class Part:
    """Usage worth `amount`: of the first transfer `first_micro`, of the last `last_micro`, and those between."""

    first_seq: int
    last_seq: int
    amount: int
    first_micro: int
    last_micro: int


class Stretch:
    """Usage worth `amount` that can be cut: of its first transfer it has the last `first_micro`."""

    def __init__(self, positions: Positions, amount: int, first_micro: int | None = None) -> None:
        self.positions = positions
        self.amount = amount
        taken_before = 0
        if first_micro is not None:
            taken_before = positions.used_through(positions.first) - first_micro
        self._skipped = taken_before

    def through(self, seq: int) -> int:
        """What its usage up to a position is worth."""
        return min(max(self.positions.used_through(seq) - self._skipped, 0), self.amount)

    def cut(self, start: int, end: int) -> Part:
        """The part of it from one amount to another."""
        within = range(self.positions.first, self.positions.last + 1)
        first = self._first_beyond(within, start)
        last = within[-1]
        if end < self.amount:
            last = within[bisect_left(within, end, key=self.through)]
        return Part(
            first,
            last,
            end - start,
            first_micro=min(self.through(first), end) - start,
            last_micro=end - max(self._before(last), start),
        )

    def _first_beyond(self, within: range, start: int) -> int:
        if self.through(within[0]) > start:
            return within[0]
        return within[bisect_right(within, start, key=self.through)]

    def _before(self, seq: int) -> int:
        return self.through(seq - 1) if seq > self.positions.first else 0

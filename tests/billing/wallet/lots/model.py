"""Lots as the rules say, by a plain model that draws each transfer by itself."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.models import LotKind
from tests.factories import at

ORDER = [LotKind.PROMOTIONAL, LotKind.GOODWILL, LotKind.PAID]


@dataclass
class Lot:
    """A lot as the rules say."""

    seq: int
    kind: LotKind
    amount: int
    expires_at: datetime | None = None
    top_up: UUID | None = None
    withdrawn: int = 0
    expired: int = 0
    drawn: int = 0
    is_over: bool = False

    @property
    def left(self) -> int:
        return self.amount - self.withdrawn - self.expired - self.drawn

    def is_usable(self, when: datetime) -> bool:
        return self.left > 0 and not self.is_over and (self.expires_at is None or when < self.expires_at)


@dataclass
class Model:
    """Every transfer drawn by itself: shares by position and lot, where None is usage that waits."""

    lots: dict[int, Lot] = field(default_factory=dict)
    shares: dict[int, dict[int | None, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )
    returned: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    corrections: int | None = None

    def usable(self, when: datetime) -> list[Lot]:
        never = at("9999-01-01 00:00")
        found = [lot for lot in self.lots.values() if lot.is_usable(when)]
        return sorted(found, key=lambda lot: (ORDER.index(lot.kind), lot.expires_at or never, lot.seq))

    def use(self, seq: int, amount: int, when: datetime) -> None:
        self.shares[seq][None] += amount
        self.pay(when)

    def pay(self, when: datetime) -> None:
        for seq in sorted(self.shares):
            while self.shares[seq][None] and (lots := self.usable(when)):
                amount = min(self.shares[seq][None], lots[0].left)
                lots[0].drawn += amount
                self.shares[seq][lots[0].seq] += amount
                self.shares[seq][None] -= amount

    def withdraw(self, lot: Lot, amount: int, when: datetime) -> None:
        lot.withdrawn += amount
        for seq in sorted(self.shares, reverse=True):
            beyond = lot.drawn - max(lot.amount - lot.withdrawn - lot.expired, 0)
            unpaid = min(max(beyond, 0), self.shares[seq][lot.seq])
            lot.drawn -= unpaid
            self.shares[seq][lot.seq] -= unpaid
            self.shares[seq][None] += unpaid
        self.pay(when)

    def correct(self, of: int, seq: int, amount: int, when: datetime) -> None:
        never = at("9999-01-01 00:00")
        payers = [self.lots[lot] for lot, paid in self.shares[of].items() if lot is not None and paid]
        payers.sort(key=lambda lot: (ORDER.index(lot.kind), lot.expires_at or never, lot.seq), reverse=True)
        for lot in payers:
            back = min(amount, self.shares[of][lot.seq] - self.returned[of, lot.seq], lot.drawn)
            if back > 0 and not lot.is_over:
                lot.drawn -= back
                self.returned[of, lot.seq] += back
                amount -= back
        if amount and self.corrections is None:
            self.corrections = seq
            self.lots[seq] = Lot(seq, LotKind.GOODWILL, amount)
        elif amount and self.corrections is not None:
            self.lots[self.corrections].amount += amount
        self.pay(when)

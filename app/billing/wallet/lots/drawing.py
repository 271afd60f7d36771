"""Draws the lots of a wallet from its ledger. The rules are those of `app.billing.wallet.lots`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Protocol

from sqlalchemy import ColumnElement, select

from app.billing.wallet.lots import money_trail
from app.billing.wallet.lots.draws import Draws
from app.billing.wallet.lots.positions import Event, Positions, Stretch, read_events
from app.extensions import db
from app.ids import uuid7
from app.language import marked
from app.models import CreditLot, LotKind, LotReturn, TransferKind, Wallet

CORRECTIONS = marked("Corrected usage")
"""The note of the lot that collects what corrections return and no other lot can take."""

_OPENS = {
    TransferKind.TOP_UP: LotKind.PAID,
    TransferKind.PROMOTION: LotKind.PROMOTIONAL,
    TransferKind.CREDIT: LotKind.GOODWILL,
}
_RESTORES = {TransferKind.REFUND_REVERSAL, TransferKind.DISPUTE_REVERSAL}
_WITHDRAWS = {TransferKind.REFUND, TransferKind.DISPUTE}
_KINDS = list(LotKind)
_NEVER = datetime.max.replace(tzinfo=UTC)


class Ordered(Protocol):
    """What says when a lot is used."""

    @property
    def kind(self) -> LotKind: ...
    @property
    def expires_at(self) -> datetime | None: ...
    @property
    def seq(self) -> int: ...


def draw(wallet: Wallet, *, most: int | None = None) -> bool:
    """Draw the lots of a locked wallet up to its newest transfer; returns whether they are.

    `most` is after how many top-ups, credits, corrections and so on to stop: the next call goes on from there.
    """
    if wallet.drawn_seq == wallet.last_seq:
        return True
    db.session.flush()
    drawing = _Drawing(wallet)
    events = read_events(wallet.org_id, wallet.drawn_seq + 1, wallet.last_seq)
    done = 0
    for event in events if most is None else islice(events, most):
        drawing.use(event.seq - 1, event.balance - event.change)
        drawing.apply(event)
        done += 1
    is_complete = most is None or done < most
    if is_complete:
        drawing.use(wallet.last_seq, wallet.posted_micro)
    wallet.drawn_seq = drawing.seq
    db.session.flush()
    return is_complete


def in_order(lot: Ordered) -> tuple[int, datetime, int]:
    """The order in which lots are used."""
    return (_KINDS.index(lot.kind), lot.expires_at or _NEVER, lot.seq)


class _Drawing:
    """Lots with credit, while the ledger is read from `seq` on, where the wallet had `balance`."""

    def __init__(self, wallet: Wallet) -> None:
        self.wallet = wallet
        self.org_id = wallet.org_id
        self.seq = wallet.drawn_seq
        self.balance = money_trail.balance_at(self.org_id, self.seq)
        used_up = CreditLot.drawn_micro + CreditLot.withdrawn_micro + CreditLot.expired_micro
        query = select(CreditLot).where(
            CreditLot.org_id == self.org_id, CreditLot.amount_micro != used_up, CreditLot.ended_at.is_(None)
        )
        self.lots = {lot.id: lot for lot in db.session.scalars(query)}
        self.draws = Draws(self.org_id)

    def use(self, last: int, balance: int) -> None:
        """Draw usage up to a position, after which the wallet had `balance`."""
        if last > self.seq and self.balance != balance:
            positions = Positions(self.org_id, self.seq + 1, last, ())
            self._spend(Stretch(positions, self.balance - balance))
        self.seq, self.balance = last, balance

    def apply(self, event: Event) -> None:
        """Apply what is not a day's usage: credit that comes in, is withdrawn, returned, or expires."""
        lot = None
        if event.top_up_id is not None and event.kind is not TransferKind.TOP_UP:
            lot = self._find(CreditLot.top_up_id == event.top_up_id)
        if event.change < 0:
            self._take_out(event, lot)
        elif lot is not None and event.kind in _RESTORES:
            lot.withdrawn_micro -= event.change
        elif event.kind is TransferKind.ADJUSTMENT:
            self._give_back(event)
        else:
            self._open(event, _OPENS.get(event.kind, LotKind.PAID))
        self.seq, self.balance = event.seq, event.balance
        self._pay_owed(event.posted_at)

    def _take_out(self, event: Event, lot: CreditLot | None) -> None:
        amount = -event.change
        if event.kind is TransferKind.EXPIRY:
            expired = self._find(CreditLot.seq == int(event.source.rpartition(":")[2]))
            if expired is not None:
                expired.expired_micro += amount
                expired.ended_at = expired.expires_at or event.posted_at
        elif lot is not None and event.kind in _WITHDRAWS:
            lot.withdrawn_micro += amount
            self._unwind(lot)
        else:
            positions = Positions(self.org_id, event.seq, event.seq, ())
            self._spend(Stretch(positions, amount))

    def _open(self, event: Event, kind: LotKind) -> None:
        lot = CreditLot(
            org_id=self.org_id,
            id=uuid7(),
            seq=event.seq,
            kind=kind,
            amount_micro=event.change,
            drawn_micro=0,
            withdrawn_micro=0,
            expired_micro=0,
            top_up_id=event.top_up_id,
            note=event.detail,
            granted_at=event.posted_at,
        )
        db.session.add(lot)
        db.session.flush()
        self.lots[lot.id] = lot

    def _spend(self, stretch: Stretch) -> None:
        """Draw a stretch of usage from the lots in their order; what none covers is owed."""
        done = 0
        for lot in self._usable():
            if done == stretch.amount:
                return
            reach = stretch.amount
            if lot.expires_at is not None:
                reach = stretch.through(stretch.positions.last_before(lot.expires_at))
            end = min(done + lot.left_micro, reach)
            if end > done:
                self.draws.record(lot.id, stretch.cut(done, end))
                lot.drawn_micro += end - done
                done = end
        if done < stretch.amount:
            self.draws.record(None, stretch.cut(done, stretch.amount))

    def _usable(self, at: datetime | None = None) -> list[CreditLot]:
        """The lots with credit, in their order; those that have not expired at a time."""
        lots = [lot for lot in self.lots.values() if lot.left_micro > 0 and lot.ended_at is None]
        if at is not None:
            lots = [lot for lot in lots if lot.expires_at is None or lot.expires_at > at]
        return sorted(lots, key=in_order)

    def _unwind(self, lot: CreditLot) -> None:
        """Let usage that a lot can't pay any more be owed, the newest first."""
        beyond = lot.drawn_micro - max(lot.amount_micro - lot.withdrawn_micro - lot.expired_micro, 0)
        if beyond > 0:
            lot.drawn_micro -= self.draws.unwind(lot.id, beyond)

    def _pay_owed(self, at: datetime) -> None:
        """Let usage that no credit has paid for be drawn from the lots that have some now, the oldest first."""
        for lot in self._usable(at) if self.draws.is_owed else ():
            lot.drawn_micro += self.draws.pay(lot.id, lot.left_micro)

    def _give_back(self, event: Event) -> None:
        """Return a correction to the lots that paid, the one that is used last first; the rest is goodwill."""
        left = event.change
        for lot, paid in self._paid_by(event.corrects_seq):
            amount = min(left, paid, lot.drawn_micro)
            if amount > 0 and lot.ended_at is None:
                lot.drawn_micro -= amount
                self._add_return(event, lot, amount)
                left -= amount
        if not left:
            return
        collecting = self._find(
            CreditLot.kind == LotKind.GOODWILL, CreditLot.note == CORRECTIONS, CreditLot.expires_at.is_(None)
        )
        if collecting is None:
            self._open(replace(event, change=left, detail=CORRECTIONS), LotKind.GOODWILL)
        else:
            collecting.amount_micro += left

    def _paid_by(self, seq: int | None) -> list[tuple[CreditLot, int]]:
        """The lots that paid for a transfer, less what they got back, in reverse of the order of use."""
        if seq is None:
            return []
        db.session.flush()
        returned = money_trail.returned_of(self.org_id, seq)
        paid = [
            (lot, amount - returned.get(lot.id, 0))
            for lot_id, amount in money_trail.shares_of(self.org_id, [seq]).get(seq, {}).items()
            if lot_id is not None and (lot := self._find(CreditLot.id == lot_id)) is not None
        ]
        return sorted(paid, key=lambda one: in_order(one[0]), reverse=True)

    def _add_return(self, event: Event, lot: CreditLot, amount: int) -> None:
        made = LotReturn(
            org_id=self.org_id,
            seq=event.seq,
            lot_id=lot.id,
            of_seq=event.corrects_seq or 0,
            amount_micro=amount,
        )
        db.session.add(made)

    def _find(self, *wanted: ColumnElement[bool]) -> CreditLot | None:
        """A lot, also one without credit, which may get some."""
        db.session.flush()
        lot = db.session.scalars(select(CreditLot).where(CreditLot.org_id == self.org_id, *wanted)).first()
        if lot is not None:
            self.lots[lot.id] = lot
        return lot

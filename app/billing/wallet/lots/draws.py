"""The draws of a wallet's lots: which lot paid for which usage. Usage without a lot is owed."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.billing.wallet.lots.positions import Part, Positions, Stretch
from app.extensions import db
from app.ids import uuid7
from app.models import LotDraw


class Draws:
    """The draws of an organization, whose wallet is locked. Together they are all usage that was drawn, each once."""

    def __init__(self, org_id: UUID) -> None:
        self.org_id = org_id
        self._of = select(LotDraw).where(LotDraw.org_id == org_id)
        self._newest_first = self._of.order_by(LotDraw.last_seq.desc(), LotDraw.first_seq.desc())
        self._newest: LotDraw | None = db.session.scalars(self._newest_first.limit(1)).first()
        self.is_owed = self._find_owed()

    def record(self, lot_id: UUID | None, part: Part) -> None:
        """Record a draw of new usage, by extending the newest one if it is of the same lot."""
        newest = self._newest
        if newest is not None and newest.lot_id == lot_id and newest.last_seq < part.first_seq:
            newest.last_seq, newest.last_micro = part.last_seq, part.last_micro
            newest.amount_micro += part.amount
        else:
            self._newest = self._add(lot_id, part)
        self.is_owed = self.is_owed or lot_id is None

    def unwind(self, lot_id: UUID, most: int) -> int:
        """Let up to `most` micro-units that a lot has paid be owed, the newest first; returns how many."""
        db.session.flush()
        left = most
        for one in db.session.scalars(self._newest_first.where(LotDraw.lot_id == lot_id)).all():
            amount = min(one.amount_micro, left)
            if amount < one.amount_micro:
                self._split(one, one.amount_micro - amount)
            else:
                one.lot_id = None
            left -= amount
            if not left:
                break
        self.is_owed = self.is_owed or left < most
        self._newest = None
        return most - left

    def pay(self, lot_id: UUID, most: int) -> int:
        """Let a lot pay up to `most` micro-units that are owed, the oldest first; returns how many."""
        if not self.is_owed:
            return 0
        db.session.flush()
        left = most
        owed = self._of.where(LotDraw.lot_id.is_(None)).order_by(LotDraw.first_seq, LotDraw.last_seq)
        for one in db.session.scalars(owed).all():
            amount = min(one.amount_micro, left)
            if not amount:
                break
            if amount < one.amount_micro:
                self._split(one, amount)
            one.lot_id = lot_id
            left -= amount
        self.is_owed = self._find_owed()
        self._newest = None
        return most - left

    def _find_owed(self) -> bool:
        db.session.flush()
        return db.session.scalars(self._of.where(LotDraw.lot_id.is_(None)).limit(1)).first() is not None

    def _add(self, lot_id: UUID | None, part: Part) -> LotDraw:
        made = LotDraw(
            org_id=self.org_id,
            id=uuid7(),
            lot_id=lot_id,
            first_seq=part.first_seq,
            last_seq=part.last_seq,
            amount_micro=part.amount,
            first_micro=part.first_micro,
            last_micro=part.last_micro,
        )
        db.session.add(made)
        return made

    def _split(self, one: LotDraw, amount: int) -> None:
        """Cut a draw after an amount; the rest is owed."""
        positions = Positions.among(self.org_id, one.first_seq, one.last_seq)
        stretch = Stretch(positions, one.amount_micro, one.first_micro)
        head, tail = stretch.cut(0, amount), stretch.cut(amount, one.amount_micro)
        one.last_seq, one.amount_micro = head.last_seq, amount
        one.first_micro, one.last_micro = head.first_micro, head.last_micro
        self._add(None, tail)

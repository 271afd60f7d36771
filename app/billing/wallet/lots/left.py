"""What is left of each lot, for those who ask what will expire before it is used. Read without a lock.

Lots are drawn later than credit is used, and those that are about to expire at least every hour
(`app.billing.credit.expiring`). What was used since, what calls hold, and what is set aside, is taken as used next.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, bindparam, select

from app.billing.wallet.credit import Credit
from app.billing.wallet.lots import drawing
from app.database.nested import Rows
from app.extensions import db
from app.models import CreditLot, LotKind, Wallet


@dataclass(frozen=True, slots=True)
class LotLeft:
    """What is left of a lot, in micro-units, and until when it can be used; None: it doesn't expire."""

    kind: LotKind
    left: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class LotsLeft:
    """The lots with credit in the order of use, of which `ahead` micro-units are used before anything else is, and
    `undrawn` of that are used already. None are there where no credit expires."""

    lots: tuple[LotLeft, ...] = ()
    ahead: int = 0
    undrawn: int = 0

    @property
    def expiring(self) -> tuple[LotLeft, ...]:
        """Those that expire, with all that is left of them: what is held and set aside may not be used."""
        found, undrawn = [], self.undrawn
        for lot in self.lots:
            left, undrawn = max(lot.left - undrawn, 0), max(undrawn - lot.left, 0)
            if left and lot.expires_at is not None:
                found.append(LotLeft(lot.kind, left, lot.expires_at))
        return tuple(found)


class _Row(msgspec.Struct):
    """A lot with credit, as the statement has its columns."""

    kind: LotKind
    left_micro: int
    expires_at: datetime | None
    seq: int


_ROWS = Rows(_Row)


def of(wallet: Wallet) -> LotsLeft:
    """The lots of a wallet as drawn. One statement where credit expires; otherwise none."""
    if wallet.credit_expires_at is None:
        return LotsLeft()
    found = db.session.execute(_with_credit(), {"of": wallet.org_id})
    return _left(wallet, [_Row(*row) for row in found])


def column() -> ColumnElement[str | None]:
    """The lots of the organization `of` as a column of another statement, which `read` reads."""
    return _ROWS.column(_with_credit())


def read(wallet: Wallet, column: str | None) -> LotsLeft:
    """The lots that such a column has, as `of` returns them."""
    return _left(wallet, _ROWS.read(column)) if wallet.credit_expires_at is not None else LotsLeft()


@cache
def _with_credit() -> Select[*tuple[Any, ...]]:
    used_up = CreditLot.drawn_micro + CreditLot.withdrawn_micro + CreditLot.expired_micro
    return select(CreditLot.kind, CreditLot.left_micro, CreditLot.expires_at, CreditLot.seq).where(
        CreditLot.org_id == bindparam("of"), CreditLot.amount_micro > used_up, CreditLot.ended_at.is_(None)
    )


def _left(wallet: Wallet, rows: list[_Row]) -> LotsLeft:
    lots = [LotLeft(row.kind, row.left_micro, row.expires_at) for row in sorted(rows, key=drawing.in_order)]
    beyond = sum(lot.left for lot in lots) - Credit.of(wallet).available
    if beyond < 0:
        # A top-up that no lot has been opened for yet.
        lots.append(LotLeft(LotKind.PAID, -beyond, None))
    undrawn = sum(lot.left for lot in lots) - wallet.posted_micro
    return LotsLeft(tuple(lots), max(beyond, 0), max(undrawn, 0))

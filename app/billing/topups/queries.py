"""Finds top-ups, to read or to change them."""

from __future__ import annotations

from uuid import UUID

from app.billing.purchases import Rows
from app.extensions import db
from app.models import TopUp, TopUpStatus
from app.payments.intents import Payment

PAYABLE = frozenset({TopUpStatus.REVIEW, TopUpStatus.DECLINED})


class UnknownTopUpError(LookupError):
    """The organization has no such top-up."""


_rows = Rows(TopUp, UnknownTopUpError)

find = _rows.find
lock = _rows.lock
locked = _rows.locked
find_stale = _rows.find_stale


def find_by_payment(payment: Payment) -> TopUp | None:
    """The top-up that a payment was made for, by what we wrote into it; None if it was made for none of ours."""
    try:
        key = (UUID(payment.org_id or ""), UUID(payment.top_up_id or ""))
    except ValueError:
        return None
    return db.session.get(TopUp, key, populate_existing=True)

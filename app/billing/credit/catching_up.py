"""Draws the lots of all organizations now and then, so that no one who looks has to wait for a long past."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.billing.wallet import ledger, lots
from app.extensions import db
from app.models import Wallet
from app.one_by_one import each_alone
from app.transaction import transaction

STEP = 500
"""How many top-ups, credits and corrections are drawn while a wallet is locked."""


def draw_all(*, seconds: float = 1800) -> int:
    """Draw the lots of all organizations with usage since they were drawn; returns how many failed. Commits.

    An organization that is older than lots gets its own from its past, some at a time: no one waits for that.
    """
    behind = db.session.scalars(select(Wallet.org_id).where(Wallet.drawn_seq < Wallet.last_seq)).all()
    return each_alone("draw_lots", behind, _draw, seconds=seconds) if behind else 0


def _draw(org_id: UUID) -> None:
    is_complete = False
    while not is_complete:
        with transaction():
            is_complete = lots.drawing.draw(ledger.lock(org_id), most=STEP)

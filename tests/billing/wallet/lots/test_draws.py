"""Draws are extended, unwound and paid, and stay all usage that was drawn, each once."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.billing.wallet import ledger
from app.billing.wallet.lots import drawing
from app.billing.wallet.lots.draws import Draws
from app.extensions import db
from app.models import CreditLot, LotDraw
from tests.billing.wallet.lots.test_drawing import NOON, grant, use
from tests.support.metering import on_growth

DOLLAR = 1_000_000


def rows() -> list[tuple[bool, int, int, int]]:
    """Whether a lot paid, from where to where, and how much, in their order."""
    query = db.select(LotDraw).order_by(LotDraw.first_seq, LotDraw.last_seq)
    return [
        (one.lot_id is not None, one.first_seq, one.last_seq, one.amount_micro)
        for one in db.session.scalars(query)
    ]


def test_they_are_extended_cut_and_paid(app: Flask) -> None:
    organization = on_growth(credit="0")
    grant(organization, "paid", "20")
    for hour in range(3):
        use(organization, "1.9", NOON + timedelta(hours=hour))
        drawing.draw(ledger.lock(organization.id))
        assert rows() == [(True, 2, 2 + hour, 1_900_000 * (hour + 1))]
    lot = db.session.scalars(db.select(CreditLot.id)).one()
    draws = Draws(organization.id)
    assert not draws.is_owed
    assert draws.unwind(lot, 2 * DOLLAR) == 2 * DOLLAR
    assert draws.is_owed
    assert rows() == [(True, 2, 3, 3_700_000), (False, 3, 4, 2 * DOLLAR)]
    assert draws.pay(lot, DOLLAR) == DOLLAR
    assert rows() == [(True, 2, 3, 3_700_000), (True, 3, 4, DOLLAR), (False, 4, 4, DOLLAR)]
    assert draws.pay(lot, 5 * DOLLAR) == DOLLAR
    assert not draws.is_owed
    assert draws.pay(lot, 5 * DOLLAR) == 0

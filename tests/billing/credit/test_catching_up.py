"""At night the lots of all organizations are drawn, whatever their past is."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.credit import catching_up
from app.billing.wallet import verification
from app.extensions import db
from app.models import LotKind, Wallet
from tests.billing.wallet.lots.test_drawing import left, use
from tests.factories import an_organization, give_credit
from tests.support.metering import on_growth


def test_all_are_drawn_some_at_a_time(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catching_up, "STEP", 2)
    old, idle = on_growth(credit="0"), an_organization()
    for _ in range(5):
        give_credit(old, "10")
        use(old, "1.9")
    assert catching_up.draw_all() == 0
    assert db.session.get_one(Wallet, old.id).drawn_seq == 10
    assert db.session.get_one(Wallet, idle.id).drawn_seq == 0
    assert left(old) == {LotKind.GOODWILL: "$40.50"}
    assert verification.check() == []

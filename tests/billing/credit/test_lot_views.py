"""Credit as people see it: in the order of use, and what is used up below."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask

from app.billing.credit import lot_views
from app.billing.credit.lot_views import CreditView, view_of
from app.clock import utc_now
from app.extensions import db
from app.models import CreditLot, LotKind, TransferKind
from tests.billing.wallet.lots.test_drawing import NOON, grant, move, use
from tests.factories import usd
from tests.support.metering import on_growth


def test_lots_are_in_the_order_of_use_with_what_is_left(app: Flask) -> None:
    organization = on_growth(credit="0")
    grant(organization, "paid", "19")
    grant(organization, "promotional", "19", until=utc_now() + timedelta(days=9))
    use(organization, "9.5")
    view = lot_views.gather(organization)
    assert [(lot.kind, lot.left, lot.used) for lot in view.lots] == [
        (LotKind.PROMOTIONAL, usd("9.5"), usd("9.5")),
        (LotKind.PAID, usd("19"), usd("0")),
    ]
    assert [lot.last_day is None for lot in view.lots] == [False, True]
    assert (view.unpaid, view.past, view.older) == (usd("0"), (), None)


def test_what_has_expired_is_gone_when_someone_looks(app: Flask) -> None:
    organization = on_growth(credit="0")
    grant(organization, "promotional", "19", until=utc_now() - timedelta(seconds=1))
    view = lot_views.gather(organization)
    assert view.lots == ()
    [past] = view.past
    assert (past.expired, past.left, past.has_ended) == (usd("19"), usd("0"), True)


def test_usage_that_nothing_has_paid_for_is_said(app: Flask) -> None:
    organization, top_up = on_growth(credit="0"), uuid4()
    grant(organization, "paid", "19", top_up=top_up)
    use(organization, "19")
    move(organization, TransferKind.REFUND, "5", top_up=top_up, out=True)
    view = lot_views.gather(organization)
    assert view.unpaid == usd("5")
    lot = db.session.scalars(db.select(CreditLot)).one()
    assert view.past == (view_of(organization, lot),)


def positions(view: CreditView) -> list[int]:
    return [lot.seq for lot in view.past]


@pytest.mark.long
def test_past_lots_come_in_pages_that_lead_both_ways(app: Flask) -> None:
    organization = on_growth(credit="0")
    count = 2 * lot_views.PAGE + 2
    for hour in range(count):
        grant(organization, "paid", "1", NOON + timedelta(hours=hour))
    use(organization, str(count + 1), NOON + timedelta(days=9))
    newest = lot_views.gather(organization)
    middle = lot_views.gather(organization, before=newest.older)
    oldest = lot_views.gather(organization, before=middle.older)
    assert [*positions(newest), *positions(middle), *positions(oldest)] == list(range(count, 0, -1))
    assert (newest.newer, oldest.older) == (None, None)
    assert positions(lot_views.gather(organization, after=oldest.newer)) == positions(middle)
    for after in (middle.newer, count):
        back = lot_views.gather(organization, after=after)
        assert (positions(back), back.newer, back.older) == (positions(newest), None, newest.older)


def test_before_the_oldest_there_is_nothing(app: Flask) -> None:
    organization = on_growth(credit="0")
    grant(organization, "paid", "1", NOON)
    use(organization, "1", NOON + timedelta(days=1))
    view = lot_views.gather(organization, before=1)
    assert (view.past, view.newer, view.older) == ((), None, None)

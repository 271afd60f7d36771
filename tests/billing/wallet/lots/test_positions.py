"""Where usage reached an amount, in a ledger of any length."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.billing.wallet.lots.positions import Part, Positions, Stretch, is_usage, read_events
from app.extensions import db
from app.models import Transfer, TransferKind
from tests.billing.wallet.lots.test_drawing import NOON, grant, use
from tests.support.metering import on_growth
from tests.support.statements import statements


def test_usage_is_cut_where_an_amount_is_reached_without_reading_it_all(app: Flask) -> None:
    organization = on_growth(credit="0")
    grant(organization, "paid", "100")
    for hour in range(20):
        use(organization, "1.9", NOON + timedelta(hours=hour))
        if hour == 9:
            grant(organization, "paid", "50", NOON + timedelta(hours=hour))
    positions = Positions.among(organization.id, 2, 22)
    stretch = Stretch(positions, 38_000_000)
    with statements() as seen:
        assert stretch.cut(0, 38_000_000) == Part(2, 22, 38_000_000, 1_900_000, 1_900_000)
        assert stretch.cut(500_000, 2_000_000) == Part(2, 3, 1_500_000, 1_400_000, 100_000)
        # The twelfth position is credit: what was used before it ends, and what comes after it begins.
        assert stretch.cut(0, 19_000_000).last_seq == 11
        assert stretch.cut(19_000_000, 20_000_000) == Part(13, 13, 1_000_000, 1_000_000, 1_000_000)
    assert len(seen) < 22
    rest = Stretch(positions, 38_000_000 - 500_000, first_micro=1_400_000)
    assert rest.cut(0, 1_500_000) == Part(2, 3, 1_500_000, 1_400_000, 100_000)
    assert positions.last_before(NOON + timedelta(hours=2)) == 3
    assert positions.last_before(NOON) == 1
    assert positions.used_through(1) == 0


def test_events_are_all_that_is_not_a_day_s_usage(app: Flask) -> None:
    organization = on_growth(credit="0")
    grant(organization, "paid", "100")
    use(organization, "1.9")
    grant(organization, "promotional", "5")
    events = list(read_events(organization.id, 1, 3))
    assert [(one.seq, one.kind, one.change, one.balance) for one in events] == [
        (1, TransferKind.TOP_UP, 100_000_000, 100_000_000),
        (3, TransferKind.PROMOTION, 5_000_000, 103_100_000),
    ]
    assert db.session.scalars(db.select(Transfer.seq).where(is_usage())).all() == [2]

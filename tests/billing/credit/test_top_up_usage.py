"""From a top-up to the usage that it paid for, day by day, and each line to the last micro-unit."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask

from app.billing.credit import top_up_usage
from app.billing.credit.top_up_usage import UsagePage
from app.billing.wallet import ledger
from app.billing.wallet.lots import drawing
from app.extensions import db
from app.models import CreditLot, Organization, TransferKind
from tests.billing.wallet.lots.test_drawing import NOON, grant, move, use
from tests.factories import an_organization
from tests.support.metering import an_event, on_growth, take


def lots(organization: Organization) -> list[CreditLot]:
    drawing.draw(ledger.lock(organization.id))
    return list(db.session.scalars(db.select(CreditLot).order_by(CreditLot.seq)))


def lines(organization: Organization, lot: CreditLot) -> list[tuple[int, str, int]]:
    """Day of the month, group and amount of each line, through all pages."""
    found, before = [], None
    while True:
        page = top_up_usage.page(organization, lot.id, before=before)
        assert page is not None
        found += [(one.day.day, one.group.value if one.group else "", one.amount.micro) for one in page.lines]
        if page.older is None:
            return found
        before = page.older


def test_days_and_groups_are_split_where_a_lot_ran_out(app: Flask) -> None:
    organization = on_growth(credit="0")
    grant(organization, "paid", "10", top_up=uuid4())
    grant(organization, "paid", "10", top_up=uuid4())
    for hours in (0, 1, 24, 25):
        use(organization, "3.8", NOON + timedelta(hours=hours))
    first, second = lots(organization)
    assert lines(organization, first) == [(11, "models", 2_400_000), (10, "models", 7_600_000)]
    assert lines(organization, second) == [(11, "models", 5_200_000)]


@pytest.mark.long
def test_all_usage_is_paid_once_whatever_comes_between(app: Flask) -> None:
    organization, refunded = on_growth(credit="0"), uuid4()
    grant(organization, "paid", "8", top_up=refunded)
    for day in range(5):
        use(organization, "1.9", NOON + timedelta(days=day))
        take(
            an_event(organization, f"sms{day}", 700, meter="sms", when=NOON + timedelta(days=day, hours=1)),
            now=NOON + timedelta(days=day, hours=1),
        )
        use(organization, "0.95", NOON + timedelta(days=day, hours=2))
        if day == 2:
            grant(organization, "promotional", "3", NOON + timedelta(days=day, hours=3))
    move(organization, TransferKind.REFUND, "5", NOON + timedelta(days=6), top_up=refunded, out=True)
    grant(organization, "paid", "90", NOON + timedelta(days=7), top_up=uuid4())
    found = lots(organization)
    for lot in found:
        assert sum(amount for _, _, amount in lines(organization, lot)) == lot.drawn_micro
    wallet = ledger.lock(organization.id)
    assert sum(lot.left_micro for lot in found) == wallet.posted_micro > 0


def test_they_come_in_pages(app: Flask) -> None:
    organization = on_growth(credit="0")
    grant(organization, "paid", "90", top_up=uuid4())
    for day in range(top_up_usage.PAGE + 3):
        use(organization, "0.95", NOON + timedelta(days=day))
    [lot] = lots(organization)
    found = lines(organization, lot)
    assert len(found) == top_up_usage.PAGE + 3
    assert {amount for _, _, amount in found} == {950_000}


@pytest.mark.long
def test_pages_lead_back_through_the_very_same_lines(app: Flask) -> None:
    organization = on_growth(credit="0")
    grant(organization, "paid", "200", top_up=uuid4())
    for day in range(2 * top_up_usage.PAGE + 3):
        use(organization, "0.95", NOON + timedelta(days=day))
    [lot] = lots(organization)
    forth: list[UsagePage] = []
    before = None
    while not forth or (before := forth[-1].older) is not None:
        found = top_up_usage.page(organization, lot.id, before=before)
        assert found is not None
        forth.append(found)
    assert [len(page.lines) for page in forth] == [top_up_usage.PAGE, top_up_usage.PAGE, 3]
    assert forth[0].newer is None
    middle = top_up_usage.page(organization, lot.id, after=forth[2].newer)
    assert middle == forth[1]
    assert top_up_usage.page(organization, lot.id, after=forth[1].newer) == forth[0]
    assert top_up_usage.page(organization, lot.id, before=1) == forth[0], "there is nothing past the end"


def test_a_lot_is_found_by_its_top_up_and_by_no_other_organization(app: Flask) -> None:
    organization, top_up = on_growth(credit="0"), uuid4()
    grant(organization, "paid", "10", top_up=top_up)
    lot_id = top_up_usage.find_lot(organization, top_up)
    assert lot_id is not None
    assert top_up_usage.find_lot(organization, uuid4()) is None
    assert top_up_usage.page(an_organization(), lot_id) is None

"""The running balance: each is the sum of its line and all below it, line by line and where a day's usage is one line."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from flask import Flask

from app.billing.activity import history
from app.billing.activity.history import PAGE
from app.extensions import db
from app.models import Organization, Transfer, TransferKind
from app.money import Money
from tests.billing.activity.test_history import EVERYTHING, amounts, listed
from tests.factories import an_organization, usd
from tests.support.metering import NOW
from tests.support.moving import correct, post, use


@pytest.fixture
def organization(app: Flask) -> Organization:
    return an_organization()


def test_each_balance_is_the_sum_of_the_line_and_all_below_it(organization: Organization) -> None:
    """Two groups' lines of a day grow beside each other, and are topped up between."""
    post(organization, TransferKind.TOP_UP, usd("50"), NOW)
    use(organization, 1_000_000, NOW)
    use(organization, 60, NOW, meter="sms")
    post(organization, TransferKind.TOP_UP, usd("5"), NOW + timedelta(minutes=1))
    event = use(organization, 1_000_000, NOW, posted_at=NOW + timedelta(minutes=2))
    use(organization, 9, NOW, posted_at=NOW + timedelta(minutes=3), meter="sms")
    post(organization, TransferKind.REFUND, usd("3"), NOW + timedelta(minutes=4), out=True)
    correct(organization, event, 500_000, NOW + timedelta(minutes=5))
    lines = listed(organization, EVERYTHING)
    sums = [sum(amounts(lines)[index:]) for index in range(len(lines))]
    assert [line.balance.micro for line in lines if line.balance] == sums
    newest = db.select(Transfer.balance_after_micro).where(Transfer.org_id == organization.id)
    balance = db.session.scalars(newest.order_by(Transfer.seq.desc()).limit(1)).one()
    assert lines[0].balance == Money(balance, "USD")


def test_no_page_ends_within_a_days_usage(organization: Organization) -> None:
    """Also of days that grow between others: each is on one page, and pages lead back to the same lines."""
    for number in range(2 * PAGE):
        now = NOW + timedelta(days=number)
        use(organization, 60, now, meter="sms")
        if number % 3 == 0:
            post(organization, TransferKind.TOP_UP, usd("5"), now + timedelta(minutes=1))
        use(organization, 1_000_000, now, posted_at=now + timedelta(minutes=2))
    pages = [history.page(organization, EVERYTHING)]
    while pages[-1].older:
        pages.append(history.page(organization, EVERYTHING, before=pages[-1].older))
    lines = [line for page in pages for line in page.lines]
    assert [len(page.lines) for page in pages[:-1]] == [PAGE] * (len(pages) - 1)
    assert len({line.day for line in lines if line.parts}) == len([line for line in lines if line.parts])
    sums = [sum(amounts(lines)[index:]) for index in range(len(lines))]
    assert [line.balance.micro for line in lines if line.balance] == sums
    for newer, older in pairwise(pages):
        assert history.page(organization, EVERYTHING, after=older.newer).lines == newer.lines

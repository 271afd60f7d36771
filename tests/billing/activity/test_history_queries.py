"""Top-ups that are not in the ledger stand in the history, too: open ones on top, declined ones by their time."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask

from app.billing.activity import history
from app.billing.activity.filters import Filters
from app.billing.activity.history_queries import NOT_CONFIRMED, OPEN_SHOWN
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, TopUp, TopUpStatus, TransferKind
from tests.factories import a_card, an_organization, usd
from tests.support.moving import post

ACTION, DECLINED, PAYING = TopUpStatus.ACTION, TopUpStatus.DECLINED, TopUpStatus.PAYING


@pytest.fixture
def organization(app: Flask) -> Organization:
    return an_organization()


def a_top_up(
    organization: Organization, status: TopUpStatus, claimed_at: datetime | None, code: str | None = None
) -> UUID:
    top_up = TopUp(
        org_id=organization.id,
        amount_micro=usd("50").micro,
        currency="USD",
        payment_method_id=a_card(organization, default=False).id,
        status=status,
        claimed_at=claimed_at,
        decline_code=code,
    )
    db.session.add(top_up)
    db.session.commit()
    return top_up.id


def shown(organization: Organization, filters: Filters | None = None) -> list[tuple[UUID | None, str]]:
    page = history.page(organization, filters or Filters())
    return [(line.top_up_id, line.status) for line in page.lines]


def test_open_ones_are_on_top_and_a_declined_one_is_where_it_happened(organization: Organization) -> None:
    now = utc_now()
    declined = a_top_up(organization, DECLINED, now - timedelta(hours=2))
    post(organization, TransferKind.CREDIT, usd("1"), now - timedelta(hours=1))
    asked = a_top_up(organization, ACTION, now - timedelta(hours=3))
    paying = a_top_up(organization, PAYING, now - timedelta(hours=4))
    expected = [(asked, "action"), (paying, "pending"), (None, "posted"), (declined, "declined")]
    assert shown(organization) == expected
    assert [(line.top_up_id, line.status) for line in history.recent(organization, 3)] == expected[:3]


def test_one_that_was_not_confirmed_says_so_and_the_card_is_named(organization: Organization) -> None:
    a_top_up(organization, DECLINED, utc_now(), NOT_CONFIRMED)
    (line,) = history.page(organization, Filters()).lines
    assert (line.status, line.balance, line.position, line.has_receipt) == ("unconfirmed", None, None, False)
    assert line.detail == "Visa ending in 4242"


def test_a_declined_one_is_shown_for_a_day_and_an_open_one_until_it_has_ended(
    organization: Organization,
) -> None:
    long_ago = utc_now() - timedelta(hours=25)
    a_top_up(organization, DECLINED, long_ago)
    paying = a_top_up(organization, PAYING, long_ago)
    for status in (TopUpStatus.REVIEW, TopUpStatus.CANCELED):
        a_top_up(organization, status, utc_now())
    a_top_up(organization, PAYING, None)
    a_top_up(an_organization(), PAYING, utc_now())
    assert shown(organization) == [(paying, "pending")]


def test_its_day_is_the_organizations_own(app: Flask) -> None:
    organization = an_organization(timezone="Pacific/Auckland")
    a_top_up(organization, PAYING, utc_now().replace(hour=20, minute=0))
    (line,) = history.page(organization, Filters()).lines
    assert line.day == line.at.date() + timedelta(days=1)


def test_they_are_shown_where_the_filters_let_them_through(organization: Organization) -> None:
    paying, today = a_top_up(organization, PAYING, utc_now()), organization.local_day()
    for filters in (Filters(kind=TransferKind.TOP_UP), Filters(first_day=today)):
        assert shown(organization, filters) == [(paying, "pending")]
    for filters in (Filters(TransferKind.REFUND), Filters(group="calling"), Filters(last_day=today)):
        assert shown(organization, filters) == []


def test_they_are_in_no_export_and_not_more_than_a_page(organization: Organization) -> None:
    for _ in range(OPEN_SHOWN + 1):
        a_top_up(organization, PAYING, utc_now())
    assert len(shown(organization)) == OPEN_SHOWN
    assert list(history.list_all_entries(organization, Filters())) == []

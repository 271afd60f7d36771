"""The history by month: sub-totals and closing balances, also of months that a page shows a part of."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from app.billing import statements
from app.billing.activity import history, history_months, rollups, usage_history
from app.billing.activity.filters import Filters, KindSet
from app.extensions import db
from app.models import Organization, TransferKind
from app.money import Money
from app.months import Month
from tests.billing.activity.selected import add_up
from tests.billing.activity.selected import use as use_for
from tests.factories import an_organization, at, usd
from tests.support.moved_clock import moved_clock
from tests.support.moving import post, use
from tests.support.saved_states import filled_once
from tests.support.statements import statements as asked

FIRST = at("2026-09-26 12:00")
DAYS = 70
PARTS = ("money_in", "usage", "returned", "adjustments", "expired")
SELECTIONS = [
    Filters(),
    Filters(kind=KindSet.MONEY_IN),
    Filters(kind=KindSet.RETURNED),
    Filters(kind=TransferKind.USAGE),
    Filters(group="models"),
    Filters().within(date(2026, 10, 10), date(2026, 11, 20)),
    Filters(kind=TransferKind.REFUND, group="calling"),
]


@filled_once
def a_busy_organization() -> Organization:
    """Seventy days of usage of two groups over four months, topped up, refunded and credited on some."""
    organization = an_organization()
    for number in range(DAYS):
        now = FIRST + timedelta(days=number)
        if number % 7 == 0:
            post(organization, TransferKind.TOP_UP, usd("50"), now)
        use(organization, 1_000_000 + number, now)
        if number % 9 == 0:
            post(organization, TransferKind.REFUND, usd("3"), now, out=True)
        if number % 20 == 0:
            post(organization, TransferKind.PROMOTION, usd("1.01"), now)
        use(organization, 51, now + timedelta(minutes=1), meter="sms")
    return organization


@pytest.fixture
def organization(app: Flask) -> Organization:
    return a_busy_organization()


def pages(organization: Organization, filters: Filters) -> list[history.HistoryPage]:
    found = [history.page(organization, filters)]
    while found[-1].older is not None:
        found.append(history.page(organization, filters, before=found[-1].older))
    return found


def nets(organization: Organization, filters: Filters) -> dict[Month, Money]:
    """What each month's lines add up to, one by one, as the file has them."""
    found: dict[Month, Money] = defaultdict(lambda: Money(0, organization.currency))
    for line in history.list_all_entries(organization, filters):
        found[Month.of(line.day)] += line.amount
    return dict(found)


@pytest.mark.parametrize("counted", ["nothing", "a part", "everything"])
def test_each_page_says_what_all_of_a_month_adds_up_to(organization: Organization, counted: str) -> None:
    """However much is counted by then, and whatever part of the month the page shows."""
    if counted != "nothing":
        rollups.roll_up(organization.id, until=FIRST + timedelta(days=DAYS))
    if counted == "a part":
        for number in range(DAYS, DAYS + 12):
            use(organization, 2_000_000, FIRST + timedelta(days=number))
    for filters in SELECTIONS:
        said: dict[Month, set[Money]] = defaultdict(set)
        for page in pages(organization, filters):
            for month in history_months.by_month(organization, filters, page.lines):
                said[month.month].add(month.totals.net)
        assert said == {month: {net} for month, net in nets(organization, filters).items()}


def test_a_month_closes_with_the_balance_of_its_newest_line(organization: Organization) -> None:
    lines = list(history.list_all_entries(organization, Filters()))
    newest = {}
    for line in reversed(lines):
        newest[Month.of(line.day)] = line.balance
    for filters in SELECTIONS[:4]:
        for page in pages(organization, filters):
            for month in history_months.by_month(organization, filters, page.lines):
                assert month.closing == newest[month.month]


def test_a_selection_that_ends_within_a_month_closes_with_its_last_day(organization: Organization) -> None:
    last = date(2026, 11, 20)
    filters = Filters(last_day=last)
    november = history_months.by_month(organization, filters, history.page(organization, filters).lines)[0]
    until = next(one for one in history.list_all_entries(organization, filters))
    assert (november.month, november.closing) == (Month(2026, 11), until.balance)


def test_sub_totals_say_what_they_are_made_of(organization: Organization) -> None:
    page = history.page(organization, Filters())
    for month in history_months.by_month(organization, Filters(), page.lines):
        found = month.totals
        assert found.net == found.money_in + found.usage + found.returned
        assert found.usage.micro < 0
    november = history_months.by_month(organization, Filters(), page.lines)[1]
    assert (november.month, november.totals.money_in) == (Month(2026, 11), usd("202.02"))


def test_usage_by_name_is_added_up_by_month(app: Flask) -> None:
    organization = an_organization()
    for days in range(40):
        use_for(organization, 600, days=days, call=f"c{days}", campaign="Recall")
    add_up(organization)
    filters = Filters(campaign="Recall")
    found = {}
    page = usage_history.page(organization, filters)
    for month in history_months.by_month(organization, filters, page.lines):
        found[month.month] = month.totals.usage
    rows = list(usage_history.list_all_rows(organization, filters))
    for wanted, net in found.items():
        assert net.micro == sum(row.amount.micro for row in rows if Month.of(row.day) == wanted) != 0
    assert len(found) == 2


def test_it_takes_two_statements_however_many_months(organization: Organization) -> None:
    lines = list(history.list_all_entries(organization, Filters()))
    with asked() as seen:
        assert len(history_months.by_month(organization, Filters(), lines)) == 4
    assert len(seen) == 2
    with asked() as seen:
        assert history_months.by_month(organization, Filters(), []) == []
    assert seen == []


def test_the_months_to_jump_to_are_from_the_newest_line_to_the_oldest(organization: Organization) -> None:
    months = history_months.list_months(organization)
    assert [str(month) for month in months] == ["2026-12", "2026-11", "2026-10", "2026-09"]
    assert history_months.list_months(an_organization()) == []


def test_a_jump_leads_to_the_newest_line_of_the_month(organization: Organization) -> None:
    for month in history_months.list_months(organization):
        before = history.position_after(organization, month.last)
        page = history.page(organization, Filters(), before=before)
        assert page.lines[0].day == min(month.last, _newest_day(organization))


def _newest_day(organization: Organization) -> date:
    newest: datetime = FIRST + timedelta(days=DAYS - 1)
    return organization.local_day(newest)


def test_another_organization_has_nothing_of_it(organization: Organization) -> None:
    other = an_organization()
    lines = history.page(organization, Filters()).lines
    for month in history_months.by_month(other, Filters(), lines):
        assert (month.totals.net.micro, month.closing) == (0, None)
    db.session.rollback()


def test_months_in_whole_cents_say_what_their_statements_say(organization: Organization) -> None:
    """Their parts add up to the net change, and that leads from one closing balance to the next."""
    with moved_clock(FIRST + timedelta(days=DAYS)):
        months = statements.list_months(organization)
    lines = {line.month: statements.line_to_the_cent(line) for line in months}
    seen = set()
    for page in pages(organization, Filters()):
        for exact in history_months.by_month(organization, Filters(), page.lines):
            month, line = exact.to_the_cent(is_of_all=Filters().is_of_all), lines[exact.month]
            shown, seen = month.totals, seen | {month.month}
            assert -shown.usage == line.used
            assert shown.net == line.added - line.used == line.closing - line.opening
            assert all(getattr(shown, name) == getattr(shown, name).to_smallest_unit for name in PARTS)
            assert all(
                getattr(shown, name) or not getattr(exact.totals, name).micro // 10_000 for name in PARTS
            )
    assert len(seen) == 4


def test_a_selection_in_whole_cents_adds_up(organization: Organization) -> None:
    for filters in SELECTIONS:
        for exact in history_months.by_month(
            organization, filters, history.page(organization, filters).lines
        ):
            shown = exact.to_the_cent(is_of_all=filters.is_of_all).totals
            assert abs((shown.net - exact.totals.net).micro) < 10_000
            for name in PARTS:
                was, now = getattr(exact.totals, name), getattr(shown, name)
                assert abs((now - was).micro) < 20_000
                assert now == now.to_smallest_unit
                assert was or not now, "nothing stays nothing"

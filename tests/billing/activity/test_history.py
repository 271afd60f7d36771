"""The wallet's history: newest first, each balance that of the lines below it, page by page, by kind and day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from app.billing.activity import history
from app.billing.activity.filters import Filters
from app.billing.activity.history import PAGE, HistoryEntry
from app.billing.wallet import ledger
from app.billing.wallet.ledger import Entry
from app.extensions import db
from app.models import AccountName, Organization, TransferKind, UsageGroup
from app.money import Money
from app.pages.labels import filter_labels, movement_label
from app.pages.wallet.history_query import read_filters
from tests.factories import an_organization, at, usd
from tests.support.metering import NOW
from tests.support.moving import post, use
from tests.support.statements import statements

EVERYTHING = Filters()


@pytest.fixture
def organization(app: Flask) -> Organization:
    return an_organization()


def top_ups(organization: Organization, count: int) -> None:
    """Of one micro-unit, two and so on, in one transaction."""
    wallet = ledger.lock(organization.id)
    sides = (AccountName.STRIPE, AccountName.WALLET)
    for number in range(1, count + 1):
        entry = Entry(TransferKind.TOP_UP, f"test:{number}", *sides, Money(number, "USD"), NOW)
        ledger.post(wallet, entry)
    db.session.commit()


def amounts(lines: list[HistoryEntry]) -> list[int]:
    return [line.amount.micro for line in lines]


def listed(organization: Organization, filters: Filters) -> list[HistoryEntry]:
    """As an export has it, which agrees with a page: there a day's usage is one line, at the place of its newest."""
    exported = list(history.list_all_entries(organization, filters))
    shown = history.page(organization, filters).lines
    unfolded = [part for line in shown for part in line.parts or (line,)]
    assert {line.id: line.amount for line in unfolded} == {line.id: line.amount for line in exported}
    sums = [sum(amounts(shown)[index:]) for index in range(len(shown))]
    if not filters:
        assert [line.balance.micro for line in shown if line.balance] == sums
    return exported


def test_a_wallet_that_nothing_moved_has_no_lines(organization: Organization) -> None:
    top_ups(an_organization(), 1)
    found = history.page(organization, EVERYTHING)
    assert (found.lines, found.newer, found.older) == ([], None, None)
    assert history.recent(organization, 5) == []
    assert list(history.list_all_entries(organization, EVERYTHING)) == []


def test_pages_lead_down_to_the_oldest_and_back_up_without_a_gap(organization: Organization) -> None:
    top_ups(organization, 2 * PAGE + 3)
    first = history.page(organization, EVERYTHING)
    second = history.page(organization, EVERYTHING, before=first.older)
    third = history.page(organization, EVERYTHING, before=second.older)
    assert amounts(first.lines + second.lines + third.lines) == list(range(2 * PAGE + 3, 0, -1))
    assert (first.newer, third.older) == (None, None)
    assert history.page(organization, EVERYTHING, after=third.newer).lines == second.lines
    assert history.page(organization, EVERYTHING, after=second.newer) == first


def test_exactly_a_page_has_no_older_one(organization: Organization) -> None:
    top_ups(organization, PAGE)
    assert history.page(organization, EVERYTHING).older is None


def test_the_recent_ones_are_so_many_in_one_statement(organization: Organization) -> None:
    top_ups(organization, 3)
    history.recent(organization, 2)
    with statements() as seen:
        assert amounts(history.recent(organization, 2)) == [3, 2]
    assert len([one for one in seen if "wallet_line" in one]) == 1


def test_a_kind_brings_its_reversals_and_a_group_its_usage(organization: Organization) -> None:
    post(organization, TransferKind.TOP_UP, usd("50"), NOW)
    post(organization, TransferKind.REFUND, usd("1"), NOW, out=True)
    post(organization, TransferKind.REFUND_REVERSAL, usd("1"), NOW)
    post(organization, TransferKind.DISPUTE, usd("2"), NOW, out=True)
    post(organization, TransferKind.DISPUTE_REVERSAL, usd("2"), NOW)
    use(organization, 1_000_000, NOW)
    use(organization, 51, NOW, meter="sms")
    found = {
        kind: [
            movement_label(line.kind, line.usage_group)
            for line in listed(organization, read_filters(MultiDict({"kind": kind})))
        ]
        for kind in filter_labels()
    } | {
        group.value: [
            movement_label(line.kind, line.usage_group)
            for line in listed(organization, Filters(group=group.value))
        ]
        for group in UsageGroup
    }
    assert found == {
        "money_in": ["Top-up"],
        "returned": ["Dispute reversed", "Dispute", "Refund failed", "Refund"],
        "top_up": ["Top-up"],
        "refund": ["Refund failed", "Refund"],
        "dispute": ["Dispute reversed", "Dispute"],
        "adjustment": [],
        "credit": [],
        "promotion": [],
        "expiry": [],
        "usage": ["Telephony", "Models"],
        UsageGroup.CALLING.value: [],
        UsageGroup.MODELS.value: [UsageGroup.MODELS.label],
        UsageGroup.TELEPHONY.value: [UsageGroup.TELEPHONY.label],
    }


def test_days_are_of_posting_in_the_organizations_zone_with_both_ends(app: Flask) -> None:
    organization = an_organization(timezone="America/New_York")
    moments = ["2026-11-10 04:59", "2026-11-10 05:00", "2026-11-11 04:59", "2026-11-11 05:00"]
    for number, moment in enumerate(moments):
        post(organization, TransferKind.TOP_UP, Money(number + 1, "USD"), at(moment))
    tenth = date(2026, 11, 10)
    assert amounts(listed(organization, Filters(first_day=tenth, last_day=tenth))) == [3, 2]
    assert amounts(listed(organization, Filters(first_day=tenth))) == [4, 3, 2]
    assert amounts(listed(organization, Filters(last_day=tenth))) == [3, 2, 1]
    assert listed(organization, Filters(first_day=tenth, last_day=tenth - timedelta(days=1))) == []


def test_a_day_of_usage_is_one_line_a_group_with_its_quantities(organization: Organization) -> None:
    use(organization, 1_515, NOW, meter="calls_outbound")
    use(organization, 1_515, NOW, meter="calls_inbound")
    use(organization, 1_000, NOW)
    lines = {line.usage_group: line for line in listed(organization, EVERYTHING)}
    calling = lines[UsageGroup.CALLING]
    assert [(one.amount, one.unit) for one in calling.quantities] == [(51, "min")]
    assert (calling.opens, calling.has_receipt, calling.has_timeline) == (True, False, False)
    assert [one.meter for one in lines[UsageGroup.MODELS].quantities] == ["tokens_out"]


def test_a_day_of_usage_is_one_line_on_a_page_with_a_line_for_each_group(organization: Organization) -> None:
    """Whatever came between; a group that is asked for by itself, and a day of one group, have lines of their own."""
    yesterday = NOW - timedelta(days=1)
    use(organization, 120, yesterday, meter="calls_outbound_international")
    use(organization, 60, NOW, meter="sms")
    post(organization, TransferKind.TOP_UP, usd("5"), NOW + timedelta(minutes=1))
    use(organization, 1_000_000, NOW, posted_at=NOW + timedelta(minutes=2))
    post(organization, TransferKind.REFUND, usd("3"), NOW + timedelta(minutes=3), out=True)
    shown = history.page(organization, EVERYTHING).lines
    assert [(line.kind.value, len(line.parts)) for line in shown] == [
        ("refund", 0),
        ("usage", 2),
        ("top_up", 0),
        ("usage", 0),
    ]
    day = shown[1]
    assert [part.usage_group for part in day.parts] == [UsageGroup.TELEPHONY, UsageGroup.MODELS]
    assert day.amount == day.parts[0].amount + day.parts[1].amount
    assert (day.usage_group, day.opens, [one.meter for one in day.quantities]) == (None, False, ["sms"])
    assert shown[3].usage_group is UsageGroup.CALLING
    (models,) = history.page(organization, Filters(group="models")).lines
    assert (models.usage_group, models.parts) == (UsageGroup.MODELS, ())
    assert [len(line.parts) for line in history.page(organization, Filters(TransferKind.USAGE)).lines] == [
        2,
        0,
    ]


def test_a_top_up_has_a_receipt_and_opens_no_usage(organization: Organization) -> None:
    top_ups(organization, 1)
    (line,) = listed(organization, EVERYTHING)
    assert (line.kind, line.status) == (TransferKind.TOP_UP, "posted")
    assert (line.has_receipt, line.opens) == (True, False)

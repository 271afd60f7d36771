"""What a usage line consists of: its parts come to its amount, and its calls are read page by page."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.billing.activity import usage_breakdown
from app.billing.activity.usage_breakdown import CALLS, UsageBreakdown
from app.extensions import db
from app.models import Organization, TransferKind, UsageGroup, WalletLine
from app.money import total
from tests.factories import an_organization, at, usd
from tests.support.metering import NOW, an_event, take
from tests.support.moving import correct, post, use


@pytest.fixture
def organization(app: Flask) -> Organization:
    return an_organization(credit="100")


def line_id(organization: Organization, group: UsageGroup = UsageGroup.MODELS) -> UUID:
    query = db.select(WalletLine.id).where(WalletLine.org_id == organization.id)
    return db.session.scalars(query.where(WalletLine.usage_group == group)).one()


def opened(organization: Organization, group: UsageGroup = UsageGroup.MODELS) -> UsageBreakdown:
    found = usage_breakdown.open_line(organization, line_id(organization, group))
    assert found is not None
    return found


def test_its_parts_are_dearest_first_and_come_to_its_amount(organization: Organization) -> None:
    use(organization, 1_000_000, NOW, campaign="Recall")
    use(organization, 2_000_000, NOW, campaign="Renewals", agent="Noah")
    use(organization, 1_000_000, NOW, campaign="Recall")
    use(organization, 60, NOW, meter="speech_to_text")
    found = opened(organization)
    assert {(part.campaign, part.agent, part.quantity.amount) for part in found.parts[:2]} == {
        ("Recall", "Ava", 2_000_000),
        ("Renewals", "Noah", 2_000_000),
    }
    assert [part.cost for part in found.parts] == sorted((part.cost for part in found.parts), reverse=True)
    assert total((part.cost for part in found.parts), "USD") == found.amount
    assert [part.cost for part in found.parts[:2]] == [usd("24"), usd("24")]


def test_each_group_of_a_day_has_its_own_parts(organization: Organization) -> None:
    use(organization, 1_000, NOW)
    use(organization, 51, NOW, meter="sms")
    assert {part.meter for part in opened(organization).parts} == {"tokens_out"}
    assert {part.meter for part in opened(organization, UsageGroup.TELEPHONY).parts} == {"sms"}


def test_what_came_late_is_a_part_of_the_day_it_was_posted_on(organization: Organization) -> None:
    use(organization, 1_000, NOW - timedelta(days=3), posted_at=NOW)
    use(organization, 1_000, NOW)
    assert {part.day for part in opened(organization).parts} == {date(2026, 11, 7), date(2026, 11, 10)}


def test_a_correction_is_no_part_of_the_line(organization: Organization) -> None:
    event = use(organization, 1_000_000, NOW)
    correct(organization, event, 500_000, NOW)
    found = opened(organization)
    assert (len(found.parts), found.parts[0].cost, found.amount) == (1, usd("12"), usd("12"))


def test_only_a_usage_line_of_the_organization_opens(organization: Organization) -> None:
    other = an_organization(credit="10")
    use(other, 1_000, NOW)
    post(organization, TransferKind.TOP_UP, usd("5"), NOW)
    top_up = db.session.scalars(db.select(WalletLine.id).where(WalletLine.kind == TransferKind.TOP_UP)).one()
    for id_ in (line_id(other), top_up, uuid4()):
        assert usage_breakdown.open_line(organization, id_) is None


def test_calls_are_read_page_by_page_without_a_gap_also_where_they_cost_the_same(
    organization: Organization,
) -> None:
    names = [f"call-{number:02}" for number in range(CALLS + 3)]
    take(*[an_event(organization, name, 1_000, call=name) for name in names])
    line = opened(organization)
    first = usage_breakdown.calls_of(organization, line)
    assert first.next is not None
    second = usage_breakdown.calls_of(organization, line, after=first.next)
    assert [call.call for call in first.calls + second.calls] == names[::-1]
    assert (len(first.calls), second.next) == (CALLS, None)


def test_exactly_a_page_of_calls_has_no_next_one(organization: Organization) -> None:
    take(*[an_event(organization, f"e{number}", call=f"call {number}") for number in range(CALLS)])
    assert usage_breakdown.calls_of(organization, opened(organization)).next is None


def test_the_dearest_call_is_first_by_all_that_it_cost_of_the_line(organization: Organization) -> None:
    take(
        an_event(organization, "e1", 2_000_000, call="a"),
        an_event(organization, "e2", 2_000_000, call="a"),
        an_event(organization, "e3", 3_000_000, call="b"),
        an_event(organization, "e4", 51, meter="sms", call="b"),
        an_event(organization, "e5", 9_000_000),
    )
    found = usage_breakdown.calls_of(organization, opened(organization)).calls
    assert [(call.call, call.cost) for call in found] == [("a", usd("48")), ("b", usd("36"))]


def test_calls_are_of_the_day_of_posting_in_the_organizations_zone(app: Flask) -> None:
    organization = an_organization(credit="100", timezone="America/New_York")
    for name, moment in [("before", "2026-11-10 04:59"), ("in", "2026-11-10 05:00")]:
        take(an_event(organization, name, when=at(moment), call=name), now=at(moment))
    lines = db.session.scalars(
        db.select(WalletLine)
        .where(WalletLine.org_id == organization.id, WalletLine.usage_group == UsageGroup.MODELS)
        .order_by(WalletLine.day)
    ).all()
    assert [line.day for line in lines] == [date(2026, 11, 9), date(2026, 11, 10)]
    for line, name in zip(lines, ["before", "in"], strict=True):
        found = usage_breakdown.open_line(organization, line.id)
        assert found is not None
        calls = usage_breakdown.calls_of(organization, found).calls
        assert [(call.call, call.day) for call in calls] == [(name, line.day)]


def test_another_organizations_call_of_the_same_name_is_not_counted(organization: Organization) -> None:
    other = an_organization(credit="100")
    take(an_event(organization, "e1", 1_000_000, call="a"), an_event(other, "e1", 5_000_000, call="a"))
    (call,) = usage_breakdown.calls_of(organization, opened(organization)).calls
    assert call.cost == usd("12")

"""What a range of usage cost: by group, day, meter and name, which all come to the same, beside the range before."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from app.billing.activity import usage_report
from app.billing.activity.cost_change import Period
from app.billing.activity.usage_report import UsageReport
from app.billing.activity.usage_windows import BY, Asked
from app.extensions import db
from app.models import Organization, UsageDaily, UsageGroup, UsageRollup
from app.money import total
from tests.factories import an_organization, usd
from tests.support.statements import statements


@pytest.fixture
def organization(app: Flask) -> Organization:
    return an_organization(timezone="Pacific/Kiritimati")


def days_ago(organization: Organization, number: int) -> date:
    return organization.local_day() - timedelta(days=number)


def used(
    organization: Organization,
    cost: str,
    *,
    ago: int = 0,
    meter: str = "tokens_out",
    quantity: int = 60,
    campaign: str = "",
    agent: str = "",
    number: str = "",
) -> None:
    """Usage of a day, as it is charged and as it is added up later."""
    day, micro = days_ago(organization, ago), usd(cost).micro
    same = {"org_id": organization.id, "meter": meter, "campaign": campaign, "agent": agent, "posted_on": day}
    sums = {"quantity": quantity, "included": 0, "amount_micro": micro}
    # Usage of the day before that was charged on this one: what counts is when it was charged.
    db.session.add(UsageDaily(**same, **sums, day=day - timedelta(days=1)))
    rollup = {
        "number": number,
        "direction": "",
        "country": "",
        "is_correction": False,
        "events": 1,
        "calls": 1,
    }
    db.session.add(UsageRollup(**same, **sums, **rollup))
    db.session.flush()


def report(
    organization: Organization, *, days: int = 10, by: str = "campaign", group: UsageGroup | None = None
) -> UsageReport:
    """Of the last days, today included."""
    period = Period(days_ago(organization, days - 1), days_ago(organization, 0))
    return usage_report.gather(organization, Asked(period, period.before, by, group))


def test_without_usage_there_is_every_day_and_no_row(organization: Organization) -> None:
    used(an_organization(), "5", campaign="Theirs")
    found = report(organization, days=3)
    assert [one.day for one in found.days] == [days_ago(organization, n) for n in (2, 1, 0)]
    assert len(found.before) == 3
    assert {one.total for one in found.days} == {found.total.cost} == {usd("0")}
    assert (found.rows, found.is_empty, found.cost_of_all) == ((), True, usd("0"))


@pytest.mark.parametrize("by", BY)
def test_days_groups_and_rows_come_to_the_same(organization: Organization, by: str) -> None:
    used(organization, "1.50", meter="calls_outbound", campaign="Recall", agent="Ava", number="+1")
    used(organization, "0.25", meter="sms", ago=1, campaign="Recall", agent="Mia", number="+2")
    used(organization, "2", meter="tokens_in", ago=1)
    used(organization, "4", meter="tokens_in", ago=12, campaign="Gone", agent="Gone", number="+3")
    found = report(organization, by=by)
    assert found.total.cost == found.cost_of_all == usd("3.75")
    assert total((one.cost for one in found.groups.values()), "USD") == usd("3.75")
    assert total((one.total for one in found.days), "USD") == usd("3.75")
    assert total((row.compared.cost for row in found.rows), "USD") == usd("3.75")
    assert total((one.total for one in found.before), "USD") == usd("4")


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("group", UsageGroup)
def test_one_group_is_the_same_in_days_and_rows(
    organization: Organization, by: str, group: UsageGroup
) -> None:
    costs = {"calls_outbound": "1", "sms": "0.25", "tokens_in": "2", "a_meter_that_is_gone": "8"}
    for meter, cost in costs.items():
        used(organization, cost, meter=meter, campaign="Recall", agent="Ava", number="+1")
    found = report(organization, by=by, group=group)
    wanted = found.groups[group].cost
    assert wanted
    assert found.total.cost == wanted == found.days[-1].total
    assert list(found.days[-1].amounts) == [group]
    assert total((row.compared.cost for row in found.rows), "USD") == wanted
    assert found.cost_of_all == usd("11.25")


def test_today_is_shown_and_not_compared(organization: Organization) -> None:
    for ago, cost in enumerate(("100", "3", "2", "50", "4", "1")):
        used(organization, cost, ago=ago, campaign="Recall")
    found = report(organization, days=3)
    assert (found.whole, found.whole_before) == (
        Period(days_ago(organization, 2), days_ago(organization, 1)),
        Period(days_ago(organization, 5), days_ago(organization, 4)),
    )
    assert (found.total.cost, found.total.whole, found.total.before) == (usd("105"), usd("5"), usd("5"))
    assert found.rows[0].compared == found.total
    assert found.total.percent == 0


def test_on_its_first_day_a_range_is_compared_with_nothing(organization: Organization) -> None:
    used(organization, "3")
    used(organization, "2", ago=1)
    found = report(organization, days=1)
    assert (found.whole, found.total.whole, found.total.before) == (None, usd("0"), usd("0"))
    assert found.total.percent is None


def test_a_range_that_is_over_is_compared_as_a_whole(organization: Organization) -> None:
    for ago in range(1, 8):
        used(organization, "1", ago=ago)
    period = Period(days_ago(organization, 2), days_ago(organization, 1))
    before = Period(days_ago(organization, 7), days_ago(organization, 3))
    found = usage_report.gather(organization, Asked(period, before))
    assert (found.total.whole, found.total.before) == (usd("2"), usd("5"))
    assert found.whole_before == before


def test_a_row_says_for_how_long_calls_lasted_in_the_range(organization: Organization) -> None:
    used(organization, "1", meter="calls_outbound", quantity=90, campaign="Recall")
    used(organization, "1", meter="tokens_in", quantity=900, campaign="Recall")
    used(organization, "1", meter="calls_outbound", quantity=6000, ago=11, campaign="Recall")
    [row] = report(organization).rows
    assert row.used is not None
    assert (row.used.amount, row.used.unit) == (2, "min")


def test_what_each_day_had_as_much_of_is_said_by_days(organization: Organization) -> None:
    for ago in (1, 2):
        used(organization, "0.10", meter="phone_numbers", quantity=3, ago=ago)
    [row] = report(organization, by="meter").rows
    assert row.used is not None
    assert (row.used.amount, row.used.days) == (6, 2)


def test_what_is_gone_since_is_a_row_with_nothing(organization: Organization) -> None:
    used(organization, "9", ago=11, campaign="Gone")
    [row] = report(organization).rows
    assert (row.name, row.compared.cost, row.compared.before) == ("Gone", usd("0"), usd("9"))


@pytest.mark.parametrize("by", BY)
def test_it_takes_one_statement(organization: Organization, by: str) -> None:
    used(organization, "1")
    report(organization, by=by)
    with statements() as seen:
        report(organization, by=by)
    assert len([one for one in seen if "usage_" in one]) == 1

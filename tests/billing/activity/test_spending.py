"""What a billing period's usage cost: by meter, day, campaign and agent, which all come to the same total."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from app.billing import catalog
from app.billing.activity import spending
from app.billing.activity.spending import TOP, Spending
from app.extensions import db
from app.models import Organization, UsageDaily, UsageGroup
from app.money import total
from tests.factories import an_organization, usd
from tests.support.statements import statements


@pytest.fixture
def organization(app: Flask) -> Organization:
    return an_organization(timezone="Pacific/Kiritimati")


def used(
    organization: Organization,
    cost: str,
    *,
    days_ago: int = 0,
    meter: str = "tokens_out",
    quantity: int = 60,
    included: int = 0,
    campaign: str = "",
    agent: str = "",
) -> None:
    day = organization.local_day() - timedelta(days=days_ago)
    db.session.add(
        UsageDaily(
            org_id=organization.id,
            day=day,
            posted_on=day,
            meter=meter,
            campaign=campaign,
            agent=agent,
            quantity=quantity,
            included=included,
            amount_micro=usd(cost).micro,
        )
    )
    db.session.flush()


def spent(organization: Organization, *, days: int = 10) -> Spending:
    """Of a period that began so many days ago."""
    start = organization.local_day() - timedelta(days=days)
    return spending.gather(organization, catalog.current().plan("growth"), start)


def test_a_period_without_usage_has_every_day_and_allowance_and_no_cost(organization: Organization) -> None:
    used(an_organization(), "5")
    found = spent(organization, days=2)
    assert [day.day for day in found.days] == [
        organization.local_day() - timedelta(days=n) for n in (2, 1, 0)
    ]
    assert {day.total for day in found.days} == {found.total} == {usd("0")}
    assert [group.meters for group in found.groups] == [()] * len(UsageGroup)
    lead = found.groups[0].lead
    assert lead is not None
    assert (lead.used.amount, lead.allowance.amount, lead.included.amount) == (0, 2_000, 0)
    assert (found.campaigns, found.agents) == ((), ())


def test_a_period_begins_with_its_first_day(organization: Organization) -> None:
    used(organization, "1", days_ago=3)
    used(organization, "2", days_ago=4)
    assert (spent(organization, days=3).total, spent(organization, days=4).total) == (usd("1"), usd("3"))


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 11, 1), date(2026, 11, 30)),
        (date(2026, 11, 15), date(2026, 12, 14)),
        (date(2026, 1, 31), date(2026, 2, 27)),
    ],
)
def test_a_period_ends_on_the_day_before_the_next_begins(
    organization: Organization, first: date, last: date
) -> None:
    assert spending.gather(organization, catalog.current().plan("growth"), first).last_day == last


def test_groups_meters_and_days_come_to_the_same_total(organization: Organization) -> None:
    used(organization, "1.50", meter="calls_outbound")
    used(organization, "0.25", meter="sms", days_ago=1)
    used(organization, "2", meter="tokens_in", days_ago=1, agent="Ava")
    found = spent(organization)
    assert total((group.cost for group in found.groups), "USD") == found.total == usd("3.75")
    assert total((day.total for day in found.days), "USD") == found.total
    costs = [(one.meter, one.cost) for group in found.groups for one in group.meters]
    assert costs == [("calls_outbound", usd("1.50")), ("sms", usd("0.25")), ("tokens_in", usd("2"))]
    assert found.days[-2].amounts[UsageGroup.TELEPHONY] == usd("0.25")


def test_meters_of_an_allowance_are_counted_together(organization: Organization) -> None:
    used(organization, "0", meter="calls_outbound", quantity=90, included=90)
    used(organization, "0.02", meter="calls_inbound", quantity=90, included=30)
    lead = spent(organization).groups[0].lead
    assert lead is not None
    assert (lead.used.amount, lead.included.amount) == (3, 2)


def test_days_are_said_where_each_had_as_much(organization: Organization) -> None:
    for days_ago in (1, 2):
        used(organization, "0.10", meter="phone_numbers", quantity=3, days_ago=days_ago)
        used(organization, "0.10", meter="sms", quantity=days_ago, days_ago=days_ago)
    meters = {one.meter: one.used for group in spent(organization).groups for one in group.meters}
    assert (meters["phone_numbers"].amount, meters["phone_numbers"].days) == (6, 2)
    assert (meters["sms"].amount, meters["sms"].days) == (3, None)


def test_the_dearest_few_are_named_with_their_share(organization: Organization) -> None:
    for number in range(TOP + 1):
        used(organization, str(number + 1), campaign=f"Campaign {number}", agent="Ava")
    found = spent(organization)
    assert [one.name for one in found.campaigns] == [f"Campaign {n}" for n in range(TOP, 0, -1)]
    assert (found.campaigns[0].cost, found.campaigns[0].share) == (usd("6"), 29)
    assert [(one.name, one.cost, one.share) for one in found.agents] == [("Ava", usd("21"), 100)]


def test_what_cost_nothing_this_period_or_has_no_name_is_no_spender(organization: Organization) -> None:
    used(organization, "0", campaign="Free")
    used(organization, "9", campaign="Before", days_ago=5)
    used(organization, "3")
    found = spent(organization, days=4)
    assert (found.campaigns, found.agents, found.total) == ((), (), usd("3"))


def test_a_tie_between_spenders_has_one_order(organization: Organization) -> None:
    for name in ("B", "A", "C"):
        used(organization, "1", agent=name)
    assert [one.name for one in spent(organization).agents] == ["C", "B", "A"]


def test_usage_takes_one_statement(organization: Organization) -> None:
    used(organization, "1")
    spent(organization)
    with statements() as seen:
        spent(organization)
    assert len([one for one in seen if "usage_daily" in one]) == 1

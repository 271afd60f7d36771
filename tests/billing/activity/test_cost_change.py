"""Two periods as they were charged: their cost is that of the history, and the parts are the difference."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from app.billing.activity import cost_change, totals
from app.billing.activity.cost_change import CostChange, Period
from app.billing.activity.filters import NAMES, Filters
from app.billing.activity.variance import Part
from app.models import Organization
from app.money import Money, total
from tests.billing.activity.selected import a_user, add_up, correct, use
from tests.factories import usd

WEEK = Period(date(2026, 11, 17), date(2026, 11, 23))


@pytest.fixture
def organization(app: Flask) -> Organization:
    return a_user()


def compare(organization: Organization, by: str = "campaign", group: str | None = None) -> CostChange:
    add_up(organization)
    return cost_change.compare(organization, WEEK.before, WEEK, by=by, group=group)


def parts(change: CostChange) -> dict[Part, Money]:
    return {one.part: one.amount for one in change.parts if one.amount}


def test_a_period_comes_before_with_as_many_days() -> None:
    assert WEEK.before == Period(date(2026, 11, 10), date(2026, 11, 16))
    assert (WEEK.days, WEEK.before.before.days) == (7, 7)


def test_more_calls_longer_ones_and_another_mix_are_told_apart(organization: Organization) -> None:
    for number, (days, seconds, campaign) in enumerate(
        [(0, 600, "A"), (1, 600, "B"), (7, 600, "A"), (8, 600, "A"), (9, 600, "A"), (9, 1200, "B")]
    ):
        use(organization, seconds, days=days, campaign=campaign, call=f"c{number}")
    change = compare(organization)
    assert (change.before.calls, change.after.calls) == (2, 4)
    assert (change.before.cost, change.after.cost) == (usd("3.80"), usd("9.50"))
    assert change.before.cost_per_call == usd("1.90")
    assert parts(change) == {Part.VOLUME: usd("3.80"), Part.LENGTH: usd("1.90")}
    length = next(one for one in change.parts if one.part is Part.LENGTH)
    assert [(one.name, one.amount) for one in length.segments] == [("B", usd("1.90"))]


def test_text_messages_and_rent_are_volume_without_calls(organization: Organization) -> None:
    use(organization, 30, days=1, meter="phone_numbers")
    use(organization, 60, days=8, meter="phone_numbers")
    assert parts(compare(organization)) == {Part.VOLUME: usd("2.40")}


@pytest.mark.long
def test_parts_add_up_to_what_the_wallet_was_charged_by_every_name_and_group(
    organization: Organization,
) -> None:
    for day in range(14):
        names = {"campaign": "AB"[day % 2], "agent": "xyz"[day % 3], "country": ["US", "MX"][day > 7]}
        event = use(organization, 613 * (day + 1), days=day, call=f"c{day}", direction="inbound", **names)
        use(organization, 7919 * (day + 3), days=day, call=f"c{day}", meter="tokens_out", **names)
        use(organization, day, days=day, meter="sms", number="+1")
    correct(organization, event, 1, days=13, meter="calls_outbound_international")
    for by in NAMES:
        for group in (None, "calling", "models", "telephony"):
            change = compare(organization, by, group)
            assert total((one.amount for one in change.parts), "USD") == change.difference
            for one in change.parts:
                assert total((each.amount for each in one.segments), "USD") == one.amount
    charged = totals.gather(organization, Filters().within(WEEK.first, WEEK.last))
    assert charged is not None
    everything = compare(organization)
    assert everything.after.cost == -(charged.usage + charged.adjustments)
    assert everything.is_counted


def test_a_period_that_isnt_over_isnt_counted_and_nothing_differs_from_nothing(
    organization: Organization,
) -> None:
    change = cost_change.compare(organization, WEEK.before, WEEK, by="agent")
    assert (change.difference, parts(change), change.is_counted) == (usd("0"), {}, False)
    assert change.before.cost_per_call is None

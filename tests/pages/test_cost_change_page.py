"""Why did it cost more: the sentence, the parts down to the calls, and periods from the address."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from app.billing.activity import cost_change
from app.billing.activity.cost_change import CostChange, Period
from app.money import Money, total
from app.pages.cost_change import query, view, wording
from tests.billing.activity.selected import add_up, use
from tests.support.browsing import text_of
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox
from tests.support.statements import statements

TODAY = date(2026, 11, 29)
WEEK, BEFORE = Period(date(2026, 11, 17), date(2026, 11, 23)), Period(date(2026, 11, 10), date(2026, 11, 16))
PAGE = "/billing/cost-change?from=2026-11-17&to=2026-11-23&by=campaign"


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    owner = Owner(app, credit="100")
    for number, (days, seconds, campaign) in enumerate(
        [(0, 600, "A"), (1, 600, "B"), (7, 600, "A"), (8, 600, "A"), (9, 600, "A"), (9, 1200, "B")]
    ):
        use(owner.organization, seconds, days=days, campaign=campaign, call=f"call{number}")
    add_up(owner.organization)
    return owner


def said(owner: Owner, by: str = "campaign") -> str:
    change = cost_change.compare(owner.organization, BEFORE, WEEK, by=by)
    return wording.sentence(change, None)


def test_it_says_what_made_the_difference_and_leads_to_the_calls_of_each_part(owner: Owner) -> None:
    page = owner.get(PAGE)
    words = text_of(page)
    assert (
        "Compared with November 10, 2026 to November 16, 2026, usage cost $5.70 more: "
        "$3.80 from more calls and $1.90 from longer calls." in words
    )
    assert "Longer calls: +$1.90" in words
    assert "reported without its calls" not in words
    assert "Difference: +$5.70" in words
    # What made most of it is open, and what changed nothing isn't there.
    assert re.findall(r'<details class="disclosure" id="part-(\w+)"( open)?>', page.text) == [
        ("volume", " open"),
        ("length", ""),
    ]
    part = page.text[page.text.index('id="part-length"') :]
    before, after = (unescape(link) for link in re.findall(r'href="([^"]+usage-calls[^"]+)"', part)[:2])
    assert ("call1" in text_of(owner.get(before)), "call5" in text_of(owner.get(before))) == (True, False)
    assert ("call1" in text_of(owner.get(after)), "call5" in text_of(owner.get(after))) == (False, True)


def with_parts(owner: Owner, *micro: int) -> CostChange:
    """The parts in order of volume, mix, length and rate, with these amounts."""
    change = cost_change.compare(owner.organization, BEFORE, WEEK, by="campaign")
    parts = tuple(
        replace(part, amount=Money(amount, "USD")) for part, amount in zip(change.parts, micro, strict=True)
    )
    after = replace(change.after, cost=change.before.cost + Money(sum(micro), "USD"))
    return replace(change, parts=parts, after=after)


def test_what_rounds_to_nothing_is_named_only_where_nothing_else_makes_the_difference(owner: Owner) -> None:
    assert wording.sentence(with_parts(owner, 2_000_000, -3_000, 0, 1), None).endswith(
        "$2.00 from more calls."
    )
    small = wording.sentence(with_parts(owner, 4_000, 4_000, 4_000, -6_000), None)
    assert "usage cost $0.01 more: " in small
    assert small.count("$0.00 from") == 3


def test_amounts_are_in_whole_cents_and_add_up(owner: Owner) -> None:
    exact = with_parts(owner, 2_004_000, -3_004_000, 4_000, 1)
    change = view.to_the_cent(exact)
    assert [part.amount.micro % 10_000 for part in change.parts] == [0, 0, 0, 0]
    assert total((part.amount for part in change.parts), "USD") == change.difference
    for part in view.to_the_cent(cost_change.compare(owner.organization, BEFORE, WEEK, by="campaign")).parts:
        assert total((one.amount for one in part.segments), "USD") == part.amount


def test_less_and_what_works_against_it_are_said_too(owner: Owner) -> None:
    change = cost_change.compare(owner.organization, WEEK, BEFORE, by="campaign")
    assert wording.sentence(change, "calling") == (
        "Compared with November 17, 2026 to November 23, 2026, calling cost $5.70 less: "
        "$4.75 from fewer calls and $1.90 from shorter calls; $0.95 more from a costlier mix of campaigns."
    )
    same = cost_change.compare(owner.organization, WEEK, WEEK, by="campaign")
    assert wording.sentence(same, None).startswith(
        "Compared with November 17, 2026 to November 23, 2026, usage cost the same: $"
    )
    day = Period(WEEK.first, WEEK.first)
    one = cost_change.compare(owner.organization, day, WEEK, by="campaign")
    assert wording.sentence(one, None).startswith("Compared with November 17, 2026, usage cost $")


def test_it_takes_few_statements(owner: Owner) -> None:
    owner.get(PAGE)
    with statements() as seen:
        owner.get(PAGE)
    assert len([one for one in seen if "usage_rollup" in one]) == 2
    assert len(seen) <= 8


@pytest.mark.parametrize(
    ("address", "before", "after"),
    [
        ({}, Period(date(2026, 11, 15), date(2026, 11, 21)), Period(date(2026, 11, 22), date(2026, 11, 28))),
        ({"from": "2026-11-17", "to": "2026-11-23"}, BEFORE, WEEK),
        (
            {
                "from": "2026-11-17",
                "to": "2026-11-23",
                "from_before": "2026-10-01",
                "to_before": "2026-10-02",
            },
            Period(date(2026, 10, 1), date(2026, 10, 2)),
            WEEK,
        ),
        (
            {"from": "2026-11-17", "to": "2026-11-23", "from_before": "2026-10-02", "to_before": "x"},
            BEFORE,
            WEEK,
        ),
    ],
)
def test_periods_are_read_from_the_address(address: dict[str, str], before: Period, after: Period) -> None:
    found = query.read(MultiDict(address), TODAY)
    assert (found.before, found.after, found.by, found.group) == (before, after, "campaign", None)
    again = {name: str(value) for name, value in found.address.items() if value}
    assert query.read(MultiDict(again), TODAY) == found


@pytest.mark.parametrize(
    "address",
    [
        {"from": "2026-11-23", "to": "2026-11-17"},
        {"from": "0001-01-01", "to": "0001-01-02"},
        {"from": "2020-01-01", "to": "2026-01-01"},
        {"by": "amount", "group": "x"},
    ],
)
def test_what_is_no_period_is_replaced(address: dict[str, str]) -> None:
    assert query.read(MultiDict(address), TODAY) == query.read(MultiDict(), TODAY)


def test_usual_periods_are_whole_days_and_months() -> None:
    found = {
        name: query.read(MultiDict({k: str(v) for k, v in days.items()}), TODAY)
        for name, days in query.list_presets(TODAY)
    }
    assert found["Last month"].after == Period(date(2026, 10, 1), date(2026, 10, 31))
    assert found["Last month"].before == Period(date(2026, 9, 1), date(2026, 9, 30))
    assert (found["Last 30 days"].after.days, found["Last 30 days"].before.days) == (30, 30)
    assert (found["Last week"].before, found["Last week"].after) == (
        Period(date(2026, 11, 9), date(2026, 11, 15)),
        Period(date(2026, 11, 16), date(2026, 11, 22)),
    )


@pytest.mark.parametrize("day", range(23, 30))
def test_last_week_is_the_same_on_every_day_of_this_week(day: int) -> None:
    days = dict(query.list_presets(date(2026, 11, day)))["Last week"]
    assert (days["from"], days["to"]) == (date(2026, 11, 16), date(2026, 11, 22))


@pytest.mark.parametrize("ago", range(0, 400, 9))
def test_no_two_usual_periods_are_the_same_days_on_any_day(ago: int) -> None:
    compared = [tuple(days.values()) for _, days in query.list_presets(TODAY - timedelta(days=ago))]
    assert len(compared) == len(set(compared)) >= 3


def test_on_a_monday_last_week_is_not_listed_a_second_time() -> None:
    names = [name for name, _ in query.list_presets(date(2026, 11, 30))]
    assert names == ["Last week", "Last 30 days", "Last month"]


def test_calls_of_a_period_that_names_none_are_unknown_and_usage_is_compared(
    app: Flask, sandbox: Sandbox
) -> None:
    owner = Owner(app, credit="100")
    use(owner.organization, 300, days=0, campaign="A", call="call1")
    use(owner.organization, 600, days=7, campaign="A")
    add_up(owner.organization)
    words = text_of(owner.get(PAGE))
    assert "more calls" not in words
    assert "usage cost $0.95 more: $0.95 from more usage." in words
    assert re.search(r"Calls 1 . Unknown Cost per call", words)
    assert "reported without its calls" in words


def test_the_usual_periods_that_are_shown_are_marked(owner: Owner) -> None:
    days = dict(query.list_presets(owner.organization.local_day()))
    week = "&".join(f"{name}={day}" for name, day in days["Last week"].items())
    marked = re.compile(r'<strong aria-current="true">(Last[^<]+)</strong>')
    usual = "Last 7 days" if "Last 7 days" in days else "Last week"
    assert marked.findall(owner.get("/billing/cost-change").text) == [usual]
    assert marked.findall(owner.get(f"/billing/cost-change?{week}").text) == ["Last week"]
    assert marked.findall(owner.get("/billing/cost-change?from=2026-01-05&to=2026-01-06").text) == []


def test_another_organization_sees_nothing_of_it(owner: Owner, app: Flask) -> None:
    assert "usage cost the same: $0.00." in text_of(Owner(app, credit="1").get(PAGE))

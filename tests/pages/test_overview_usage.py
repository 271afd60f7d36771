"""The usage on the Overview: any range of days, split and sorted by its address alone, beside the range before."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from app.billing.activity.cost_change import Period
from app.billing.plans import Starts
from app.extensions import db
from app.models import Organization, UsageDaily, UsageGroup, UsageRollup
from app.money import total
from app.pages.overview import usage_query, usage_view
from app.pages.overview.usage_query import MOST_DAYS, Range, Sort
from app.pages.overview.usage_view import ROWS
from tests.factories import a_person, an_organization
from tests.support.browsing import HTMX, Visitor, text_of
from tests.support.spending import forecast_of
from tests.support.statements import statements

TODAY = date(2026, 11, 28)
STARTS = Starts(date(2026, 9, 3), date(2026, 10, 3), date(2026, 11, 3), date(2026, 12, 3))
A_DAY = timedelta(days=1)


@pytest.fixture
def harbor(app: Flask) -> Organization:
    return an_organization("Harbor Dental", credit="100")


@pytest.fixture
def owner(visitor: Visitor, harbor: Organization) -> Visitor:
    visitor.begin_session(a_person(organization=harbor).email)
    return visitor


def used(
    organization: Organization, cost: str, *, ago: int = 0, meter: str = "calls_outbound", **names: str
) -> None:
    day = organization.local_day() - ago * A_DAY
    same = {"org_id": organization.id, "meter": meter, "posted_on": day, "quantity": 600, "included": 0}
    daily = {name: names.get(name, "") for name in ("campaign", "agent")}
    micro = int(Decimal(cost) * 1_000_000)
    db.session.add(UsageDaily(**same, **daily, day=day, amount_micro=micro))
    rollup = {"number": names.get("number", ""), "direction": "", "country": "", "events": 1, "calls": 1}
    db.session.add(UsageRollup(**same, **daily, **rollup, is_correction=False, amount_micro=micro))
    db.session.commit()


def ask(**args: str) -> usage_query.UsageQuery:
    return usage_query.read(MultiDict(args), STARTS, TODAY)


def said(owner: Visitor, **args: str) -> str:
    """What the section says."""
    page = owner.get("/billing", query_string=args)
    found = re.search(r'<section[^>]* id="usage".*?</section>', page.text, re.DOTALL)
    assert found
    return re.sub(r"\s+", " ", re.sub(r"<title.*?</title>|<[^>]+>", " ", found[0])).strip()


class TestAddresses:
    def test_ranges_have_their_days_and_those_before(self) -> None:
        this, last, days, custom = (ask(range=one) for one in ("this", "last", "30", "custom"))
        assert (this.period, this.before) == (
            Period(date(2026, 11, 3), date(2026, 12, 2)),
            Period(date(2026, 10, 3), date(2026, 11, 2)),
        )
        assert (last.period, last.before) == (this.before, Period(date(2026, 9, 3), date(2026, 10, 2)))
        assert days.period == Period(TODAY - 29 * A_DAY, TODAY)
        assert custom.period == Period(TODAY - 7 * A_DAY, TODAY - A_DAY)
        assert (days.before, custom.before) == (days.period.before, custom.period.before)

    @pytest.mark.parametrize("wanted", Range)
    @pytest.mark.parametrize("by", usage_query.BY)
    @pytest.mark.parametrize("group", [None, *UsageGroup])
    @pytest.mark.parametrize("sort", [f"{sign}{one}" for one in Sort for sign in ("", "-")])
    def test_what_an_address_says_is_what_it_asks_for(
        self, wanted: Range, by: str, group: UsageGroup | None, sort: str
    ) -> None:
        found = ask(range=wanted.value, by=by, show=group.value if group else "", sort=sort, all="1")
        assert (found.range, found.by, found.group, found.shows_all) == (wanted, by, group, True)
        assert f"{'-' if found.is_descending else ''}{found.sort}" == sort
        assert ask(**{name: value for name, value in found.address.items() if value}) == found

    def test_the_usual_one_says_nothing(self) -> None:
        assert {value for value in ask().address.values() if value} == set()

    @pytest.mark.parametrize("name", ["range", "by", "show", "sort", "all", "from", "to"])
    @pytest.mark.parametrize("garbage", ["", "x", "-", "--cost", "0", "2026-13-01", "\u0000", "custom'"])
    def test_garbage_is_as_usual(self, name: str, garbage: str) -> None:
        assert ask(**{name: garbage}) == ask()

    @pytest.mark.parametrize(
        ("first", "last"),
        [
            (TODAY, TODAY - A_DAY),
            (TODAY + A_DAY, TODAY + 3 * A_DAY),
            (TODAY - MOST_DAYS * A_DAY, TODAY),
            (date(1, 1, 1), date(1, 1, 2)),
            ("", TODAY),
            (TODAY, "yesterday"),
        ],
    )
    def test_days_that_are_no_range_are_refused(self, first: object, last: object) -> None:
        found = ask(**{"range": "custom", "from": str(first), "to": str(last)})
        assert found.is_refused
        assert found.period == ask(range="custom").period

    def test_a_chosen_range_ends_today_at_most(self) -> None:
        found = ask(**{"range": "custom", "from": "2026-11-20", "to": "2026-12-20"})
        assert (found.is_refused, found.period) == (False, Period(date(2026, 11, 20), TODAY))

    @pytest.mark.parametrize("sort", Sort)
    def test_sorting_twice_turns_it_around(self, sort: Sort) -> None:
        once = ask(**{name: value for name, value in ask(by="agent").sorted_by(sort).items() if value})
        twice = ask(**{name: value for name, value in once.sorted_by(sort).items() if value})
        assert (once.sort, twice.sort) == (sort, sort)
        assert once.is_descending is not twice.is_descending


class TestTheSection:
    def test_a_range_is_compared_with_the_one_before(self, owner: Visitor, harbor: Organization) -> None:
        for ago in range(1, 8):
            used(harbor, "2", ago=ago, campaign="Recall")
        for ago in range(8, 15):
            used(harbor, "1", ago=ago, campaign="Recall")
        found = said(owner, range="custom")
        assert "Total $14.00 ▲ up 100% vs the days before" in found
        assert "Recall 100% 70 min ▲ up 100% $14.00" in found

    def test_less_is_said_as_less(self, owner: Visitor, harbor: Organization) -> None:
        used(harbor, "1", ago=1)
        used(harbor, "4", ago=8)
        assert "Total $1.00 ▼ down 75% vs the days before" in said(owner, range="custom")

    def test_a_group_filters_days_and_rows(self, owner: Visitor, harbor: Organization) -> None:
        used(harbor, "3", campaign="Recall")
        used(harbor, "1", campaign="Texts", meter="sms")
        found = said(owner, show="telephony")
        assert "Total $4.00" in found
        assert "Texts 100%" in found
        assert "Recall" not in found

    @pytest.mark.parametrize(
        ("by", "reads"), [("campaign", "Recall"), ("agent", "Ava"), ("number", "+15550100")]
    )
    def test_rows_lead_to_the_history_that_they_add_up(
        self, owner: Visitor, harbor: Organization, by: str, reads: str
    ) -> None:
        names = {"campaign": "Recall", "agent": "Ava", "number": "+15550100"}
        used(harbor, "3", **names)
        page = owner.get("/billing", query_string={"by": by, "range": "30"})
        href = re.search(rf'<a href="([^"]+)">{re.escape(reads)}<', page.text)
        assert href
        assert "Usage \u2212$3.00" in text_of(owner.get(href[1].replace("&amp;", "&"))).replace(",", "")

    def test_a_meter_leads_to_the_history_of_its_group(self, owner: Visitor, harbor: Organization) -> None:
        used(harbor, "3")
        page = owner.get("/billing?by=meter")
        assert re.search(r'group=calling#found">Outbound calls, US and Canada<', page.text)

    @pytest.mark.parametrize("sort", ["name", "-name", "used", "-used", "change", "-change", "cost", "-cost"])
    def test_rows_are_sorted_and_those_without_a_name_are_last(
        self, owner: Visitor, harbor: Organization, sort: str
    ) -> None:
        for number, name in enumerate(("b", "a", "c", "")):
            used(harbor, str(number + 1), campaign=name, ago=1)
        found = said(owner, sort=sort, range="custom")
        order = re.findall(r"\b([abcn])\w* \d+% 10 min", found.replace("No campaign", "n"))
        by_name, by_cost = ["a", "b", "c"], ["b", "a", "c"]
        wanted = by_name if sort.strip("-") in {"name", "used"} else by_cost
        falls = sort.startswith("-") and sort != "-used"
        assert order == [*(reversed(wanted) if falls else wanted), "n"]

    def test_the_rest_is_one_row_until_all_are_asked_for(self, owner: Visitor, harbor: Organization) -> None:
        for number in range(ROWS + 3):
            used(harbor, "1", campaign=f"Campaign {number:02}")
        found = said(owner)
        assert found.count(" 10 min ") == ROWS
        assert re.search(r"Show 3 more \$3\.00 Total", found)
        assert said(owner, all="1").count(" 10 min ") == ROWS + 3

    def test_what_is_to_come_is_projected(self, owner: Visitor, harbor: Organization) -> None:
        used(harbor, "3")
        assert "We need about a week of calls to project the rest of the period." in said(owner)
        forecast_of(harbor)
        assert re.search(r"Projected by \w+ \d+: ~\$\d+ \(\$\d+ to \$\d+\)", said(owner))
        assert "Projected" not in said(owner, range="last")

    def test_an_open_page_gets_the_section_alone_in_few_statements(
        self, owner: Visitor, harbor: Organization
    ) -> None:
        used(harbor, "3", campaign="Recall")
        owner.get("/billing")
        with statements() as seen:
            answer = owner.get("/billing?by=agent", headers=HTMX)
        assert answer.text.lstrip().startswith('<section class="panel usage"')
        assert "<html" not in answer.text
        assert len(seen) <= 5, [one[:90] for one in seen]

    def test_days_that_are_refused_are_said_in_place(self, owner: Visitor) -> None:
        page = owner.get("/billing?range=custom&from=2026-11-05&to=2026-11-01")
        assert page.status_code == 200
        assert "Choose a first day that isn't after the last" in page.text
        assert 'aria-invalid="true"' in page.text

    def test_the_poll_keeps_the_range(self, owner: Visitor, harbor: Organization) -> None:
        used(harbor, "3", agent="Ava")
        page = owner.get("/billing?range=30&by=agent")
        hidden = dict(re.findall(r'<input type="hidden" name="(range|by)" value="(\w+)"', page.text))
        assert hidden == {"range": "30", "by": "agent"}
        answer = owner.get("/billing/live/overview", query_string=hidden, headers=HTMX)
        assert "Cost by agent" in text_of(answer)
        assert "Ava" in text_of(answer)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_shown_adds_up_to_the_cent(harbor: Organization, owner: Visitor, seed: int) -> None:
    """The groups to the total, and the rows, with those that aren't shown, to what the table says of all."""
    chance = random.Random(seed)
    for number in range(ROWS + 4):
        for meter in ("calls_outbound", "sms", "tokens_out"):
            cost = Decimal(chance.randrange(1, 3_000_000)) / 1_000_000
            used(harbor, str(cost), meter=meter, campaign=f"Campaign {number}")
    for by, group in product(("campaign", "meter", "number"), (None, "calling", "models")):
        query = usage_query.read(MultiDict({"by": by, "group": group or ""}), STARTS, harbor.local_day())
        view = usage_view.gather(harbor, query, lambda: None)
        costs = [one.cost for one in view.report.groups.values()]
        assert total(costs, "USD") == view.report.cost_of_all
        shown = [row.used.compared.cost for row in view.rows]
        assert total([*shown, view.hidden_cost], "USD") == view.report.total.cost
        assert all(one == one.to_smallest_unit for one in [*costs, *shown, view.hidden_cost])
        if query.group is None:
            assert view.report.total.cost == view.report.cost_of_all

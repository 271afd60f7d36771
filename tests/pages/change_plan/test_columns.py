"""The columns of the comparison: what each plan costs monthly and yearly, what a year saves, and which is suggested."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask

from app.billing import catalog, plans
from app.billing.catalog import Plan
from app.billing.plans import PlanView, comparison
from app.billing.plans.suggestion import PlanCost, Suggestion
from app.models import Interval
from app.pages.change_plan import columns
from app.pages.change_plan.columns import Column, YearlySaving
from tests.factories import an_organization, usd

USAGE = {"starter": "1000", "growth": "700", "scale": "250"}


@pytest.fixture
def view(app: Flask) -> PlanView:
    """Of an organization on Growth, monthly."""
    return replace(plans.gather(an_organization()), plan=catalog.current().plan("growth"))


def suggestion(fits: set[str] = frozenset(USAGE), interval: str = "month") -> Suggestion:  # type: ignore[assignment]
    costs = tuple(
        PlanCost(plan, interval, usd(USAGE[key]), is_current=key == "growth", fits=key in fits)
        for key, plan in catalog.current().plans.items()
    )
    return Suggestion(date(2026, 11, 1), date(2026, 11, 30), costs)


def gather(view: PlanView, found: Suggestion | None) -> dict[str, Column]:
    offers = comparison.compare(view.plan, view.interval)
    return {one.offer.plan.key: one for one in columns.gather(view, offers, found)}


def suggested(found: dict[str, Column], interval: str) -> list[str]:
    return [
        key
        for key, one in found.items()
        for shown, pick in one.picks
        if shown == interval and pick.is_suggested
    ]


def test_prices_are_those_of_each_way_of_paying(view: PlanView) -> None:
    found = gather(view, None)
    assert {key: (one.month.price, one.year.price) for key, one in found.items()} == {
        "starter": (usd("0"), usd("0")),
        "growth": (usd("99"), usd("990")),
        "scale": (usd("399"), usd("3990")),
    }
    assert (found["scale"].month.saves, found["scale"].year.saves) == (None, usd("798"))
    assert [one.month.is_current for one in found.values()] == [False, True, False]
    assert not any(one.year.is_current for one in found.values()), "yearly, Growth is a change"
    assert {one.month.cost for one in found.values()} == {None}, "nothing is used, so nothing is suggested"


def test_the_cheapest_that_fits_is_suggested_in_each_way_of_paying(view: PlanView) -> None:
    found = gather(view, suggestion())
    assert suggested(found, "month") == suggested(found, "year") == ["scale"]
    # 99 + 700, less 399 + 250; a twelfth of 3,990 is 332.50.
    assert found["scale"].month.less == usd("150")
    assert found["scale"].year.less == usd("216.50")
    assert found["starter"].month.less == usd("-201")


def test_what_does_not_fit_is_not_suggested(view: PlanView) -> None:
    found = gather(view, suggestion(fits={"growth"}))
    assert suggested(found, "month") == []
    assert suggested(found, "year") == ["growth"], "the same plan costs less by the year"
    assert found["growth"].year.less == usd("16.50")


def test_who_pays_yearly_is_not_told_that_months_would_save(view: PlanView) -> None:
    yearly = replace(view, interval=Interval.YEAR)
    found = gather(yearly, suggestion(fits={"growth"}, interval="year"))
    assert suggested(found, "month") == suggested(found, "year") == []
    assert found["growth"].year.is_current
    assert found["growth"].month.less == usd("-16.50")


def with_yearly(columns_of: dict[str, Column], **prices: str | None) -> list[Column]:
    """The same with other yearly prices."""

    def plan(one: Column) -> Plan:
        price = prices.get(one.offer.plan.key)
        return replace(one.offer.plan, yearly=usd(price) if price else None)

    return [replace(one, offer=replace(one.offer, plan=plan(one))) for one in columns_of.values()]


@pytest.mark.parametrize(
    ("prices", "saving"),
    [
        ({"growth": "990", "scale": "3990"}, YearlySaving(2, 16)),
        ({"growth": "1089", "scale": "3990"}, YearlySaving(None, 16)),
        ({"growth": "1000", "scale": None}, YearlySaving(None, 15)),
        ({"growth": "1188", "scale": "5000"}, None),
        ({"growth": None, "scale": None}, None),
    ],
)
def test_what_a_year_saves_is_said_in_months_where_it_is_the_same_for_all(
    view: PlanView, prices: dict[str, str | None], saving: YearlySaving | None
) -> None:
    offers = [one.offer for one in with_yearly(gather(view, None), **prices)]
    assert columns.yearly_saving(columns.gather(view, offers, None)) == saving

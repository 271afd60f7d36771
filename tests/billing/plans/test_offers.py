"""Which plans can be chosen, and which switches are made immediately."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from app.billing import catalog
from app.billing.plans import offers
from app.billing.plans.offers import PlanNotOfferedError
from app.billing.plans.refusals import Refusal
from tests.factories import usd


@pytest.mark.parametrize(("plan", "interval"), [("starter", "month"), ("growth", "month"), ("scale", "year")])
def test_a_plan_on_offer_can_be_chosen_by_its_intervals(app: Flask, plan: str, interval: str) -> None:
    assert offers.get_offered_plan(plan, interval) is catalog.current().plan(plan)


@pytest.mark.parametrize(
    ("plan", "interval"),
    [("gold", "month"), ("enterprise", "month"), ("starter", "year"), ("growth", "week"), ("", "")],
)
def test_what_is_not_sold_or_not_so_is_refused_with_what_to_do(app: Flask, plan: str, interval: str) -> None:
    with pytest.raises(PlanNotOfferedError, match="Choose another") as refused:
        offers.get_offered_plan(plan, interval)
    assert refused.value.refusal is Refusal.NOT_OFFERED


@pytest.mark.parametrize(
    ("before", "after", "now"),
    [
        ("starter month", "growth month", True),
        ("growth year", "scale month", True),
        ("growth month", "growth year", True),
        ("scale month", "growth year", False),
        ("growth month", "starter month", False),
        ("growth year", "growth month", False),
        ("growth month", "growth month", False),
        ("growth year", "growth year", False),
    ],
)
def test_what_costs_more_comes_now_and_what_costs_less_with_the_next_period(
    app: Flask, before: str, after: str, now: bool
) -> None:
    (plan, by), (other, other_by) = before.split(), after.split()
    plans = catalog.current().plans
    assert offers.is_at_once(plans[plan], by, plans[other], other_by) is now


def test_a_newer_version_of_the_same_plan_is_no_reason_to_come_now(app: Flask) -> None:
    growth = catalog.current().plan("growth")
    dearer, cheaper = replace(growth, price=usd("109")), replace(growth, price=usd("89"))
    for other in (dearer, cheaper):
        assert not offers.is_at_once(growth, "month", other, "month")
        assert not offers.is_at_once(growth, "year", other, "month")
        assert offers.is_at_once(growth, "month", other, "year")


def test_between_plans_of_one_price_only_a_year_comes_now(app: Flask) -> None:
    growth = catalog.current().plan("growth")
    twin = replace(growth, key="twin")
    assert not offers.is_at_once(growth, "month", twin, "month")
    assert offers.is_at_once(growth, "month", twin, "year")
    assert not offers.is_at_once(growth, "year", twin, "month")

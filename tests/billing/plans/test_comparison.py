"""Plans side by side, with what each has more or less than the current one."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask

from app.billing import catalog
from app.billing.plans import comparison
from app.billing.plans.comparison import Offer
from app.pages.labels import limit_label


def beside_growth() -> dict[str, Offer]:
    return {offer.plan.key: offer for offer in comparison.compare(catalog.current().plan("growth"))}


def test_the_current_plan_is_marked_and_differs_in_nothing(app: Flask) -> None:
    growth = beside_growth()["growth"]
    assert growth.is_current
    assert {limit.more for limit in growth.limits} == {0}
    assert {(one.more, one.less) for one in growth.allowances} == {(None, None)}
    assert {rate.percent for rate in growth.rates} == {0}


def test_limits_and_allowances_say_how_many_more_or_less(app: Flask) -> None:
    offers = beside_growth()
    assert {limit_label(limit.resource): limit.more for limit in offers["scale"].limits} == {
        "Agents": 40,
        "Phone numbers": 20,
        "Campaigns": 180,
        "Concurrent calls": 80,
    }
    minutes = offers["starter"].allowances[0]
    assert minutes.less is not None
    assert (minutes.less.amount, minutes.less.unit, minutes.more) == (1_950, "min", None)


def test_rates_say_how_many_percent(app: Flask) -> None:
    offers = beside_growth()
    assert offers["starter"].rates[0].percent == 50
    assert offers["scale"].rates[0].percent == -27


def test_rows_are_the_same_only_where_no_offer_differs(app: Flask) -> None:
    growth = catalog.current().plan("growth")
    twin = replace(growth, key="twin", limits=growth.limits | {"agents": 11})
    rows = comparison.rows_of(comparison.pair(growth, twin))
    assert ("limits", "agents") not in rows.same
    assert ("limits", "campaigns") in rows.same
    assert rows.differs("limits")
    assert not rows.differs("allowances")
    assert not rows.differs("rates")
    lacking = replace(twin, allowances={})
    assert comparison.rows_of(comparison.pair(growth, lacking)).differs("allowances"), "one has none"


def test_of_one_plan_nothing_is_the_same_as_another(app: Flask) -> None:
    [only, _] = comparison.pair(catalog.current().plan("growth"), catalog.current().plan("scale"))
    assert comparison.rows_of([only]).same == frozenset()

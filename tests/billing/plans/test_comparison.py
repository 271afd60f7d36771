"""Plans side by side, with what each has more or less than the current one."""

from __future__ import annotations

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

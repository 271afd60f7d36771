"""What has a price at Stripe: each plan by each interval that it is sold by, the free one for zero."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask

from app.billing import catalog
from app.billing.catalog import sales
from tests.factories import usd
from tests.support.plans import sell_plans
from tests.support.sandbox import Sandbox


def test_each_plan_has_a_price_for_each_interval_it_is_sold_by(app: Flask) -> None:
    prices = sales.sold(catalog.current())
    assert [(one.plan, one.interval, one.amount) for one in prices] == [
        ("starter", "month", usd("0")),
        ("growth", "month", usd("99")),
        ("growth", "year", usd("990")),
        ("scale", "month", usd("399")),
        ("scale", "year", usd("3990")),
    ]
    assert {one.version for one in prices} == {catalog.current().version}
    assert {one.statement for one in prices} == {catalog.current().plan("growth").statement}


def test_a_plan_on_request_has_no_price(app: Flask) -> None:
    assert "enterprise" in catalog.current().on_request
    assert "enterprise" not in {one.plan for one in sales.sold(catalog.current())}


def test_a_plan_no_longer_sold_by_the_year_has_its_monthly_price_alone(app: Flask) -> None:
    on_offer = catalog.current()
    monthly = {key: replace(plan, yearly=None) for key, plan in on_offer.plans.items()}
    assert {one.interval for one in sales.sold(replace(on_offer, plans=monthly))} == {"month"}


def test_prices_are_missing_until_they_are_synced_and_then_agree(app: Flask, sandbox: Sandbox) -> None:
    missing = sales.differences(catalog.current())
    assert missing
    sell_plans()
    assert sales.differences(catalog.current()) == []
    assert list(sales.sync_prices(catalog.current())) == []


def test_a_new_price_is_the_one_difference(app: Flask, sandbox: Sandbox) -> None:
    sell_plans()
    on_offer = catalog.current()
    dearer = replace(on_offer.plan("growth"), price=usd("109"))
    changed = replace(on_offer, plans=on_offer.plans | {"growth": dearer})
    assert len(sales.differences(changed)) == 1
    assert len(list(sales.sync_prices(changed))) == 1
    assert sales.differences(changed) == []
    assert len(sales.differences(on_offer)) == 1, "the old price is no longer the one on sale"

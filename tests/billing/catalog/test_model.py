"""What a catalog answers: plans, meters and allowances by name, prices by interval, features of plans."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from app.billing.catalog import Catalog, CatalogError, Pool, file
from app.models import UsageGroup
from config import ROOT
from tests.factories import usd

CATALOG = file.parse((ROOT / "catalog.toml").read_text(), name="catalog.toml")
GROWTH = CATALOG.plan("growth")


@pytest.mark.parametrize(("ask", "has"), [(Catalog.plan, "starter, growth"), (Catalog.meter, "sms, phone")])
def test_an_unknown_name_is_refused_with_those_that_there_are(ask: object, has: str) -> None:
    assert callable(ask)
    with pytest.raises(CatalogError, match=rf"no (plan|meter) 'fax'\. It has: .*{has}"):
        ask(CATALOG, "fax")


def test_a_plan_has_a_price_by_the_intervals_it_is_sold_by() -> None:
    assert (GROWTH.price_by("month"), GROWTH.price_by("year")) == (usd("99"), usd("990"))
    assert (GROWTH.intervals, CATALOG.plan("starter").intervals) == (["month", "year"], ["month"])


@pytest.mark.parametrize(("plan", "interval"), [("starter", "year"), ("growth", "week"), ("growth", "")])
def test_a_plan_has_no_price_by_another_interval(plan: str, interval: str) -> None:
    with pytest.raises(CatalogError, match=f"no price per {interval}"):
        CATALOG.plan(plan).price_by(interval)


def test_meters_of_a_pool_share_its_allowance_and_others_have_their_own_or_none() -> None:
    assert GROWTH.pool_of("calls_inbound") == GROWTH.pool_of("calls_outbound") == "call_minutes"
    assert GROWTH.pool_of("sms") == "sms"
    allowances = {meter: GROWTH.allowance_of(meter) for meter in CATALOG.meters}
    assert {meter: units for meter, units in allowances.items() if units} == {
        "calls_outbound": 120_000,
        "calls_inbound": 120_000,
        "sms": 500,
    }


def test_a_plan_has_the_features_of_those_it_includes_before_its_own() -> None:
    starter, scale = CATALOG.plan("starter"), CATALOG.plan("scale")
    assert CATALOG.features_of(scale) == [*GROWTH.features, *scale.features]
    chain = replace(CATALOG, plans=CATALOG.plans | {"growth": replace(GROWTH, includes="starter")})
    assert chain.features_of(scale) == [*starter.features, *GROWTH.features, *scale.features]


def test_a_meter_that_shares_no_allowance_is_a_pool_of_its_own() -> None:
    assert CATALOG.pool("sms") == Pool("sms", "Text messages", ("sms",))
    assert CATALOG.pool("call_minutes").meters == ("calls_outbound", "calls_inbound")
    with pytest.raises(CatalogError, match="no meter 'fax'"):
        CATALOG.pool("fax")


def test_a_pool_is_listed_once_where_its_first_meter_stands() -> None:
    calling = [pool.key for pool in CATALOG.pools_of(UsageGroup.CALLING)]
    assert calling == ["call_minutes", "calls_outbound_international"]
    assert [pool.key for pool in CATALOG.pools_of(UsageGroup.TELEPHONY)] == ["sms", "phone_numbers"]


def test_every_meter_is_in_one_group() -> None:
    listed = [key for group in UsageGroup for key in CATALOG.meters_of(group)]
    assert sorted(listed) == sorted(CATALOG.meters)


@pytest.mark.parametrize(
    ("unit", "most", "says"),
    [("second", None, 86_400), ("fortnight", None, 1_000_000), ("second", 5, 5), ("fortnight", 5, 5)],
)
def test_an_event_counts_what_its_meter_says_at_most_or_what_its_unit_usually_does(
    unit: str, most: int | None, says: int
) -> None:
    assert msgspec.structs.replace(CATALOG.meter("sms"), unit=unit, most=most).most_an_event == says


def test_a_catalog_keeps_the_text_that_it_was_read_from() -> None:
    assert 'version = "2026-12.4"' in CATALOG.text.splitlines()

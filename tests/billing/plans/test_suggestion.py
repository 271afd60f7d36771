"""Which plan would have cost least, from what was really used."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.billing import catalog, plans
from app.billing.catalog import rating
from app.billing.plans import resource_counts, suggestion
from app.billing.plans.suggestion import Suggestion
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from demo import usage_reports
from demo.usage_reports import Used
from tests.factories import an_organization, usd
from tests.support.metering import on_growth
from tests.support.statements import statements


def use(organization: Organization, meter: str, units: int, *, days_ago: int = 3) -> None:
    day = organization.local_day() - timedelta(days=days_ago)
    usage_reports.record(
        organization, f"test:{days_ago}:{meter}", [Used(meter, units, day, "Recall", "Ava")], at=utc_now()
    )
    db.session.commit()


def suggested(organization: Organization, plan: str) -> Suggestion:
    found = suggestion.gather(organization, catalog.current().plan(plan))
    assert found is not None
    return found


def test_without_usage_nothing_is_suggested(app: Flask) -> None:
    organization = an_organization()
    assert suggestion.gather(organization, catalog.current().plan("starter")) is None


def test_each_plan_is_priced_with_its_own_allowance_and_rates(app: Flask) -> None:
    organization = on_growth()
    use(organization, "calls_outbound", 180_000)
    costs = {one.plan.key: one for one in suggested(organization, "growth").costs}
    # 177,000 s at $0.045 a minute; 60,000 s at $0.03; nothing beyond 900,000 s.
    assert costs["starter"].usage == usd("132.75")
    assert costs["growth"].usage == usd("30")
    assert costs["scale"].usage == usd("0")
    assert costs["growth"].total == usd("129")


def test_the_cheapest_that_fits_is_suggested_with_what_it_saves(app: Flask) -> None:
    organization = on_growth()
    use(organization, "calls_outbound", 1_200_000)
    found = suggested(organization, "growth")
    assert found.best.plan.key == "scale"
    # $99 and 1,080,000 s at $0.03 a minute, against $399 and 300,000 s at $0.022.
    assert found.saves == usd("639") - usd("509")


def test_a_plan_that_is_too_small_is_not_suggested_however_cheap(app: Flask) -> None:
    organization = on_growth()
    use(organization, "calls_outbound", 60)
    assert suggested(organization, "growth").best.plan.key == "starter"
    resource_counts.set_counts(organization.id, {"agents": 7})
    found = suggested(organization, "growth")
    assert found.best.is_current
    assert found.saves == usd("0")


def test_meters_of_one_allowance_share_it_day_by_day(app: Flask) -> None:
    organization = an_organization()
    use(organization, "calls_inbound", 3_000, days_ago=9)
    use(organization, "calls_outbound", 80, days_ago=2)
    costs = {one.plan.key: one for one in suggested(organization, "starter").costs}
    assert costs["starter"].usage == usd("0.06")


def test_what_days_cost_is_rounded_once_as_in_a_statement(app: Flask) -> None:
    for plan in catalog.current().plans.values():
        for meter in plan.rates:
            whole = suggestion.usage_cost(plan, [(meter, 10**7)])
            parts = [(meter, units) for units in (1, 1, 7, 10**7 - 9)]
            assert suggestion.usage_cost(plan, parts) == whole, (plan.key, meter)
            included = min(plan.allowance_of(meter), 10**7)
            assert whole.micro == rating.cost_of(plan.rates[meter], 10**7 - included)


def test_counts_that_are_known_are_not_read_again(app: Flask) -> None:
    organization = on_growth()
    use(organization, "calls_outbound", 60)
    resource_counts.set_counts(organization.id, {"agents": 7})
    growth, known = catalog.current().plan("growth"), plans.gather(organization).counts
    with statements() as seen:
        found = suggestion.gather(organization, growth, counts=known)
    assert len(seen) == 1
    assert found == suggestion.gather(organization, growth)


def test_what_is_older_than_thirty_days_and_today_s_are_left_out(app: Flask) -> None:
    organization = an_organization()
    use(organization, "calls_outbound", 6_000, days_ago=31)
    use(organization, "calls_outbound", 6_000, days_ago=0)
    assert suggestion.gather(organization, catalog.current().plan("starter")) is None


def test_who_pays_by_the_year_compares_by_the_year(app: Flask) -> None:
    organization = an_organization()
    use(organization, "sms", 1)
    found = suggestion.gather(organization, catalog.current().plan("growth"), "year")
    assert found is not None
    assert [str(one.price.decimal) for one in found.costs] == ["0.00", "82.50", "332.50"]

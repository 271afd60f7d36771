"""A larger plan for a campaign: named where it saves more than it costs."""

from __future__ import annotations

from flask import Flask

from app.billing import catalog
from app.billing.usage import campaign_estimates, campaign_plans
from app.billing.usage.campaign_estimates import Campaign
from app.billing.usage.campaign_plans import CheaperPlan
from app.clock import utc_now
from app.models import Organization
from tests.factories import an_organization
from tests.support.metering import on_growth


def found(organization: Organization, calls: int) -> CheaperPlan | None:
    now = utc_now()
    campaign = Campaign(calls, "calls_outbound", 100, 120, 120)
    estimate = campaign_estimates.estimate(organization, campaign, at=now)
    return campaign_plans.find(organization, estimate, at=now)


def test_a_small_campaign_needs_no_larger_plan(app: Flask) -> None:
    assert found(an_organization(), 20) is None


def test_a_large_one_is_cheaper_on_one_price_included(app: Flask) -> None:
    organization = an_organization()
    cheaper = found(organization, 10_000)
    assert cheaper is not None
    now = utc_now()
    campaign = Campaign(10_000, "calls_outbound", 100, 120, 120)
    before = campaign_estimates.estimate(organization, campaign, at=now).most
    price = cheaper.plan.price - catalog.current().plan("starter").price
    assert cheaper.saves == before - cheaper.cost - price
    assert cheaper.saves.micro > 0
    for plan in catalog.current().plans.values():
        other = campaign_estimates.most_on(organization, campaign, plan, at=now)
        assert other + plan.price >= cheaper.cost + cheaper.plan.price


def test_only_larger_plans_are_named(app: Flask) -> None:
    cheaper = found(on_growth(), 10_000)
    assert cheaper is None or cheaper.plan.price > catalog.current().plan("growth").price

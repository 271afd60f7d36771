"""An organization's plan is its own version's wherever it is shown or counted with, whatever is on offer by now.

Each situation is held against each place: one that reads the plan otherwise than the others is found here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from app.billing import plans
from app.billing.catalog import Plan
from app.billing.plans import entitlements, terms
from app.billing.subscriptions import suspension
from app.billing.usage import campaign_estimates, quotes
from app.billing.usage.campaign_estimates import Campaign
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, UsageDaily
from app.money import Money
from app.pages.change_plan import view as change_plan_page
from app.pages.labels import limit_label
from app.pages.overview import view as overview
from demo import usage_reports
from demo.usage_reports import Used
from tests.factories import a_person
from tests.scenarios.own_plans import SITUATIONS, Own
from tests.support.browsing import Visitor, text_of
from tests.support.metering import an_event, take
from tests.support.platform import Platform


@pytest.fixture(autouse=True)
def offered(app: Flask) -> Iterator[None]:
    """What a test puts on offer is taken away after it."""
    before = app.extensions["catalog"]
    yield
    app.extensions["catalog"] = before


@dataclass
class Place:
    """One organization as everything that reads its plan sees it."""

    app: Flask
    organization: Organization
    visitor: Visitor

    @property
    def is_paying(self) -> bool:
        return self.view.plan.key == self.view.in_force.key

    def paid(self, own: Own) -> Own:
        """The plan that is paid for: while that is suspended, it is the one that others are compared with."""
        return own if self.is_paying else facts_of(self.view.plan)

    @property
    def view(self) -> plans.PlanView:
        return plans.gather(self.organization)

    def api(self) -> Any:
        return Platform(self.app).get(f"/organizations/{self.organization.id}/entitlements").get_json()


def in_plan(place: Place, own: Own) -> None:
    assert facts_of(place.view.in_force) == own


def in_what_rates(place: Place, own: Own) -> None:
    plan = terms.get_terms(place.organization).plan_at(utc_now())
    assert (plan.limits["agents"], plan.allowances["call_minutes"]) == (own.agents, own.seconds)


def in_usage(place: Place, own: Own) -> None:
    take(an_event(place.organization, "t", 1_000_000, when=utc_now()), now=utc_now())
    of_today = (
        UsageDaily.org_id == place.organization.id,
        UsageDaily.day == place.organization.local_day(),
    )
    row = db.session.scalars(db.select(UsageDaily).where(*of_today)).one()
    assert Money(row.amount_micro, "USD") == own.tokens


def in_quotes(place: Place, own: Own) -> None:
    quote = quotes.get_quote(place.organization.id, [("tokens_out", 1_000_000)], at=utc_now())
    assert quote is not None
    assert quote.price().amount == own.tokens


def in_estimates(place: Place, own: Own) -> None:
    campaign = Campaign(2_000, "calls_outbound", 100, 60, 60)
    found = campaign_estimates.estimate(place.organization, campaign, at=utc_now())
    assert found.lines[0].included == min(own.seconds, 120_000)
    line = next(line for line in found.lines if line.meter == "tokens_out")
    assert line.most.micro == round(own.tokens.micro * line.billable / 1_000_000)


def in_entitlements(place: Place, own: Own) -> None:
    found = entitlements.gather(place.organization)
    assert facts_of(found.plan) == own
    limit = next(one for one in found.limits if one.resource == "agents")
    allowance = next(one for one in found.allowances if one.key == "call_minutes")
    assert (limit.allowed, allowance.included) == (own.agents, own.seconds)


def in_the_api(place: Place, own: Own) -> None:
    found = place.api()
    assert own.feature in found["plan"]["features"]
    assert {one["resource"]: one["allowed"] for one in found["limits"]}["agents"] == own.agents
    assert {one["key"]: one["included"] for one in found["allowances"]}["call_minutes"] == own.seconds


def in_the_overview(place: Place, own: Own) -> None:
    found = overview.gather(place.organization, MultiDict()).live.plan
    assert {limit_label(one.resource): one.allowed for one in found.limits}["Agents"] == own.agents
    assert found.allowances[0].whole.amount == own.seconds // 60


def in_the_comparison(place: Place, own: Own) -> None:
    own = place.paid(own)
    page = change_plan_page.gather(place.organization)
    column = next(one for one in page.columns if one.offer.is_current)
    offer = column.offer
    assert offer.plan.price == own.price
    assert {limit_label(one.resource): one.allowed for one in offer.limits}["Agents"] == own.agents
    assert offer.allowances[0].quantity.amount == own.seconds // 60
    assert next(one.words.amount for one in offer.rates if one.words.meter == "tokens_out") == own.tokens
    assert own.feature in offer.features
    pick = next(pick for _, pick in column.picks if pick.is_current)
    assert pick.price == own.price


def in_the_suggestion(place: Place, own: Own) -> None:
    own = place.paid(own)
    day = place.organization.local_day() - timedelta(days=1)
    usage_reports.record(
        place.organization, "test", [Used("tokens_out", 1_000_000, day, "Recall", "Ava")], at=utc_now()
    )
    page = change_plan_page.gather(place.organization)
    assert page.suggestion is not None
    assert page.suggestion.current.total == own.price + own.tokens


def on_the_pages(place: Place, own: Own) -> None:
    """What owners read, on the overview and beside the plans that they can choose."""
    place.visitor.begin_session(a_person(organization=place.organization).email)
    said = text_of(place.visitor.get("/billing"))
    assert f"of {own.agents}" in said or f"limit {own.agents}" in said
    if place.is_paying:
        price = f"${own.price.plain}.00 a month" if own.price else "Free"
        assert price in said
        beside = text_of(place.visitor.get("/billing/change-plan"))
        assert (
            f"Your plan ${own.price.plain} a month" in beside or f"{place.view.name} Your plan Free" in beside
        )


def in_what_the_platform_is_told(place: Place, own: Own) -> None:
    """The message of a change, and the letter: as when the very same plan is begun once more."""
    ledger.lock(place.organization.id)
    row = suspension.lock(place.organization)
    suspension.record(place.organization, row, utc_now())
    held = suspension.get_in_force(place.organization, row)
    assert facts_of(held.own) == own


PLACES = [
    in_plan,
    in_what_rates,
    in_quotes,
    in_estimates,
    in_entitlements,
    in_the_api,
    in_the_overview,
    in_the_comparison,
    on_the_pages,
    in_what_the_platform_is_told,
    # These two use something.
    in_the_suggestion,
    in_usage,
]


def facts_of(plan: Plan) -> Own:
    features = [
        one for one in plan.features if one in {"Call transfer", "Warm transfer", "One agent", "Three agents"}
    ]
    return Own(
        plan.price,
        plan.yearly,
        plan.limits["agents"],
        plan.allowances["call_minutes"],
        Money(round(plan.rates["tokens_out"].first * 1_000_000), "USD"),
        features[0],
    )


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: one.__name__)
def test_the_plan_is_its_own(
    app: Flask, visitor: Visitor, situation: Callable[[Flask], tuple[Organization, Own]]
) -> None:
    organization, own = situation(app)
    wrong = {}
    for look in PLACES:
        try:
            look(Place(app, organization, visitor), own)
        except AssertionError as error:
            wrong[look.__name__] = str(error)
    assert not wrong

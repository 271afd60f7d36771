"""What becomes of an organization's version when it looks at another plan, pays late, ends, or is left behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from app.billing import catalog
from app.billing.catalog import Catalog, CatalogError, file, versions
from app.billing.plans import comparison, terms
from app.billing.plans import offers as plan_choices
from app.billing.subscriptions import projection, suspension, switches
from app.clock import utc_now
from app.extensions import db
from app.models import Mail, Organization
from app.payments import subscriptions
from tests.factories import OWNER, a_payer
from tests.support.plans import (
    a_subscriber,
    hear_from_stripe,
    plan_of,
    sell_plans,
    subscription_id,
    switch_to,
)
from tests.support.sandbox import Sandbox
from tests.support.subscriptions import record_failed_renewal
from tests.support.versions import TEXT, announce_newer, newer, offer_newer

OLD, NEW = "2026-12.4", "2027-02"


@pytest.fixture(autouse=True)
def offered(app: Flask) -> Iterator[None]:
    """What a test puts on offer is taken away after it."""
    before = app.extensions["catalog"]
    yield
    app.extensions["catalog"] = before


def version_of(organization: Organization) -> tuple[str, str]:
    """What rates its usage, and what pages show."""
    db.session.expire_all()
    return terms.get_terms(organization).plan_at(utc_now()).version, plan_of(organization).in_force.version


def test_looking_at_a_plan_on_offer_leaves_the_free_plan_as_it_is(app: Flask, sandbox: Sandbox) -> None:
    sell_plans()
    organization, _ = a_payer()
    offer_newer(app)
    sell_plans()
    switches.begin(organization, "growth", "month", OWNER)
    assert version_of(organization) == (OLD, OLD)
    switch_to(organization, "growth")
    assert version_of(organization) == (NEW, NEW)


def test_what_ends_falls_to_the_free_plan_on_offer_and_stays_there(app: Flask, sandbox: Sandbox) -> None:
    organization = a_subscriber("growth")
    offer_newer(app)
    (subscription,) = sandbox.stripe.v1.subscriptions.list({}).data
    sandbox.stripe.v1.subscriptions.cancel(subscription.id)
    hear_from_stripe(app, sandbox)
    assert plan_of(organization).in_force.key == "starter"
    assert version_of(organization) == (NEW, NEW)
    later = newer(**{'version = "2027-02"': 'version = "2027-03"'})
    versions.store(later)
    app.extensions["catalog"] = later
    hear_from_stripe(app, sandbox)
    assert version_of(organization) == (NEW, NEW)


@pytest.mark.parametrize(
    ("paid_by", "wanted_by", "is_at_once"), [("month", "year", True), ("year", "month", False)]
)
@pytest.mark.parametrize("newer_costs", ["79", "99", "119"])
def test_the_same_plan_paid_otherwise_is_the_same_whatever_its_versions_cost(
    app: Flask, paid_by: str, wanted_by: str, newer_costs: str, is_at_once: bool
) -> None:
    before = catalog.current().plan("growth")
    after = newer(**{'price = "109"': f'price = "{newer_costs}"'}).plan("growth")
    assert plan_choices.is_at_once(before, paid_by, after, wanted_by) is is_at_once


def without_growth() -> Catalog:
    start, end = TEXT.index("[plans.growth]"), TEXT.index("[plans.scale]")
    text = (TEXT[:start] + TEXT[end:]).replace(OLD, "2027-04").replace('includes = "growth"\n', "")
    return file.parse(text, name="without Growth")


class TestAPlanThatIsSoldNoMore:
    def test_who_has_it_sees_it_beside_the_others(self, app: Flask) -> None:
        growth = catalog.current().plan("growth")
        versions.store(catalog.current())
        versions.store(without_growth())
        app.extensions["catalog"] = without_growth()
        offers = comparison.compare(growth)
        assert [offer.plan.key for offer in offers] == ["growth", "starter", "scale"]
        assert [offer.is_current for offer in offers] == [True, False, False]
        rows = comparison.rows_of(offers)
        assert [row.meter for row in rows.rates] == list(catalog.current().meters)

    def test_it_can_not_be_announced_for_those_who_have_it(self, app: Flask, sandbox: Sandbox) -> None:
        a_subscriber("growth")
        with pytest.raises(CatalogError, match="no plan 'growth', which organizations are on"):
            versions.store(without_growth(), announced_for=utc_now() + timedelta(days=1))

    def test_what_was_announced_before_they_chose_it_leaves_them_their_own(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        later = utc_now() + timedelta(days=1)
        versions.store(without_growth(), announced_for=later)
        organization = a_subscriber("growth")
        assert terms.get_terms(organization).plan_at(later).version == OLD


def test_who_pays_after_an_announcement_comes_back_to_what_was_announced(
    app: Flask, sandbox: Sandbox
) -> None:
    organization = a_subscriber("growth")
    announce_newer(app, ago=timedelta())
    record_failed_renewal(organization, at=utc_now() - timedelta(days=12), failure="generic_decline")
    db.session.commit()
    assert suspension.suspend_overdue() == 1
    assert (plan_of(organization).in_force.key, version_of(organization)) == ("starter", (NEW, NEW))
    projection.apply(organization, subscriptions.fetch(subscription_id(organization)))
    assert (plan_of(organization).in_force.key, version_of(organization)) == ("growth", (NEW, NEW))
    assert plan_of(organization).price.plain == "99", "Stripe goes on charging what was bought"
    letter = db.session.scalars(
        db.select(Mail).where(Mail.kind == "plan_changed").order_by(Mail.id.desc())
    ).first()
    assert letter and letter.facts["price"] == {"micro": 99_000_000, "currency": "USD"}

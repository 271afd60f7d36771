"""Which plan rates what was used at a time: the term it falls in, of its version or one announced since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from app.billing import catalog
from app.billing.catalog import CatalogError, versions
from app.billing.catalog.versions import Announcement
from app.billing.plans import grace, terms
from app.billing.plans.terms import FREE_PLAN, Term, Terms
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, PlanTerm, SubscriptionStatus
from tests.factories import an_organization, at
from tests.support import subscriptions
from tests.support.statements import statements
from tests.support.subscriptions import Period
from tests.support.versions import announced, newer, offer_newer

OLD, NEW = "2026-12.4", "2027-02"
UTC = ZoneInfo("UTC")
MOMENT = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def offered(app: Flask) -> Iterator[None]:
    """What a test puts on offer is taken away after it."""
    before = app.extensions["catalog"]
    yield
    app.extensions["catalog"] = before


def rows(organization: Organization) -> list[tuple[str, str]]:
    query = db.select(PlanTerm).where(PlanTerm.org_id == organization.id).order_by(PlanTerm.starts_at)
    return [(term.plan, term.version) for term in db.session.scalars(query)]


class TestStartPlan:
    def test_a_plan_begins_at_its_time_and_the_one_before_it_ends_then(self, app: Flask) -> None:
        organization, now = an_organization(), utc_now()
        terms.start_plan(organization, "growth", now)
        found = terms.get_terms(organization)
        assert found.plan_at(now - MOMENT).key == FREE_PLAN
        assert found.plan_at(now).key == "growth"
        assert found.plan_at(at("2020-01-01 00:00")).key == FREE_PLAN, (
            "before the first term, the first one's"
        )

    def test_it_replaces_what_was_to_begin_then_or_later(self, app: Flask) -> None:
        organization, now = an_organization(), utc_now()
        terms.start_plan(organization, "scale", now)
        terms.start_plan(organization, "growth", now + timedelta(days=9))
        terms.start_plan(organization, "growth", now)
        assert rows(organization) == [(FREE_PLAN, OLD), ("growth", OLD)]

    def test_another_organizations_terms_stay(self, app: Flask) -> None:
        one, other = an_organization(), an_organization()
        terms.start_plan(other, "scale", utc_now())
        terms.start_plan(one, "growth", at("2020-01-01 00:00"))
        assert rows(other) == [(FREE_PLAN, OLD), ("scale", OLD)]
        assert rows(one) == [("growth", OLD)]

    def test_it_is_of_the_named_version_else_of_the_one_on_offer(self, app: Flask) -> None:
        organization = an_organization()
        offer_newer(app)
        terms.start_plan(organization, "growth", utc_now(), version=OLD)
        terms.start_plan(organization, "growth", utc_now())
        assert rows(organization)[1:] == [("growth", OLD), ("growth", NEW)]

    def test_a_plan_or_version_that_is_unknown_begins_nothing(self, app: Flask) -> None:
        organization = an_organization()
        for plan, version in [("gold", None), ("growth", "1999-01")]:
            with pytest.raises(CatalogError):
                terms.start_plan(organization, plan, at("2020-01-01 00:00"), version=version)
        assert rows(organization) == [(FREE_PLAN, OLD)]


class TestTerms:
    def test_without_a_term_it_is_the_free_plan_on_offer(self, app: Flask) -> None:
        found = Terms((), (), None, UTC)
        assert found.plan_at(utc_now()) is catalog.current().plan(FREE_PLAN)
        assert found.version_at(utc_now()) is None
        assert found.version_now == catalog.current().version
        assert found.not_before(at("2026-11-10 12:00")) == at("2026-11-10 12:00")

    def test_an_announcement_is_for_terms_that_began_before_it(self, app: Flask) -> None:
        then = at("2026-11-10 00:00")
        announced = (Announcement("first", then), Announcement("second", then + timedelta(days=5)))
        before = Terms((Term(then - MOMENT, "growth", OLD),), announced, None, UTC)
        assert before.version_at(then - MOMENT) == OLD
        assert before.version_at(then) == "first"
        assert before.version_at(then + timedelta(days=5)) == "second"
        since = Terms((Term(then, "growth", OLD),), announced, None, UTC)
        assert since.version_at(then) == OLD
        assert since.version_at(then + timedelta(days=5)) == "second"

    def test_a_plan_that_the_announced_version_has_not_is_its_own_versions(self, app: Flask) -> None:
        then = utc_now() + timedelta(days=30)
        versions.store(catalog.current())
        versions.store(newer(), announced_for=then)
        app.extensions["catalog_versions"] = {NEW: _without_growth()}
        try:
            found = Terms((Term(utc_now(), "growth", OLD),), tuple(announced()), None, UTC)
            assert found.plan_at(then).version == OLD
        finally:
            app.extensions.pop("catalog_versions")

    def test_a_term_is_never_begun_before_another(self, app: Flask) -> None:
        begun = at("2026-11-10 12:00")
        found = Terms((Term(begun, "growth", OLD),), (), None, UTC)
        assert found.not_before(begun - timedelta(days=1)) == begun
        assert found.not_before(begun + timedelta(days=1)) == begun + timedelta(days=1)

    def test_months_are_counted_from_the_anchor_of_the_term_that_the_day_ends_in(self, app: Flask) -> None:
        first = Term(at("2026-01-01 00:00"), "growth", OLD, at("2026-01-15 12:00"))
        second = Term(at("2026-11-10 12:00"), "scale", OLD)
        found = Terms((first, second), (), at("2026-01-20 12:00"), UTC)
        assert found.period_of(date(2026, 11, 9)) == date(2026, 10, 15)
        assert found.period_of(date(2026, 11, 10)) == date(2026, 10, 20)
        assert found.period_of(date(2026, 11, 20)) == date(2026, 11, 20)


class TestBillingContexts:
    def test_only_organizations_that_exist_are_found_each_with_its_own(self, app: Flask) -> None:
        one, other = an_organization(timezone="Asia/Kathmandu"), an_organization()
        terms.start_plan(one, "growth", utc_now())
        found = terms.get_billing_contexts([one.id, other.id, uuid4()])
        assert set(found) == {one.id, other.id}
        assert (found[one.id].timezone, found[one.id].currency) == ("Asia/Kathmandu", "USD")
        assert [found[id_].terms.plan_at(utc_now()).key for id_ in (one.id, other.id)] == [
            "growth",
            FREE_PLAN,
        ]

    def test_none_asked_for_asks_nothing(self, app: Flask) -> None:
        with statements() as seen:
            assert terms.get_billing_contexts([]) == {}
        assert seen == []

    def test_a_renewal_that_is_not_paid_falls_to_the_free_plan_at_its_deadline(self, app: Flask) -> None:
        organization, failed_at = an_organization(timezone="America/New_York"), at("2026-11-10 03:00")
        period = Period(date(2026, 10, 1), date(2026, 11, 1))
        subscription = subscriptions.subscribe(organization, "growth", period=period)
        subscriptions.record_failed_renewal(organization, at=failed_at, failure="card_declined")
        over_at = grace.deadline(failed_at, OLD, ZoneInfo("America/New_York")).over_at
        found = terms.get_terms(organization)
        assert found.plan_at(over_at - MOMENT).key == "growth"
        assert found.plan_at(over_at).key == FREE_PLAN
        subscription.status = SubscriptionStatus.ACTIVE
        assert terms.get_terms(organization).plan_at(over_at).key == "growth"


def _without_growth() -> catalog.Catalog:
    found = newer()
    found.plans.pop("growth")
    return found

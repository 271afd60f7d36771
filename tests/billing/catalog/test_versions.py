"""Versions of the catalog: stored for good, in force for who chose them, or for everyone once announced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import msgspec
import pytest
from flask import Flask

from app.billing import catalog
from app.billing.catalog import Catalog, CatalogError, versions
from app.billing.plans import terms as plan_terms
from app.clock import utc_now
from app.extensions import db
from app.models import CatalogVersion, MeterGroup, Organization, UsageGroup
from tests.factories import an_organization, usd
from tests.support import subscriptions
from tests.support.subscriptions import Period
from tests.support.versions import announce_newer, announced, newer, offer_newer

OLD, NEW = "2026-12.4", "2027-02"
NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))


@pytest.fixture(autouse=True)
def offered(app: Flask) -> Iterator[None]:
    """What a test puts on offer is taken away after it."""
    before = app.extensions["catalog"]
    yield
    app.extensions["catalog"] = before


def on_growth() -> Organization:
    organization = an_organization()
    subscriptions.subscribe(organization, "growth", period=NOVEMBER)
    db.session.commit()
    return organization


def without(plan: str) -> Catalog:
    """The newer version with a plan left out."""
    found = newer()
    return replace(found, plans={key: one for key, one in found.plans.items() if key != plan})


class TestStore:
    def test_a_version_is_stored_once(self, app: Flask) -> None:
        assert versions.store(catalog.current()) is True
        assert versions.store(catalog.current()) is False
        assert db.session.scalars(db.select(CatalogVersion.version)).all() == [OLD]

    def test_the_same_version_with_other_content_is_refused(self, app: Flask) -> None:
        versions.store(catalog.current())
        with pytest.raises(CatalogError, match="version of its own"):
            versions.store(replace(catalog.current(), text=catalog.current().text + "# more\n"))

    def test_a_meter_stays_in_its_group(self, app: Flask) -> None:
        versions.store(catalog.current())
        meters = newer().meters
        moved = meters | {"sms": msgspec.structs.replace(meters["sms"], group=UsageGroup.CALLING)}
        with pytest.raises(CatalogError, match=r"meters\.sms\.group: .* recorded as 'telephony'"):
            versions.store(replace(newer(), meters=moved))
        db.session.rollback()
        versions.store(
            replace(
                newer(),
                meters=meters | {"fax": msgspec.structs.replace(meters["sms"], group=UsageGroup.MODELS)},
            )
        )
        assert db.session.get_one(MeterGroup, "fax").usage_group == "models"

    def test_a_version_can_not_be_announced_for_the_past(self, app: Flask) -> None:
        with pytest.raises(CatalogError, match="future date"):
            versions.store(newer(), announced_for=utc_now())
        assert db.session.scalars(db.select(CatalogVersion)).all() == []

    def test_announcing_again_moves_the_date(self, app: Flask) -> None:
        then = utc_now() + timedelta(days=30)
        versions.store(newer(), announced_for=then)
        versions.store(newer(), announced_for=then + timedelta(days=1))
        assert announced() == [versions.Announcement(NEW, then + timedelta(days=1))]

    def test_storing_it_again_keeps_its_announcement(self, app: Flask) -> None:
        then = utc_now() + timedelta(days=30)
        versions.store(newer(), announced_for=then)
        versions.store(newer())
        assert announced() == [versions.Announcement(NEW, then)]

    def test_no_one_is_left_without_their_plan_by_an_announcement(self, app: Flask) -> None:
        on_growth()
        then = utc_now() + timedelta(days=30)
        with pytest.raises(CatalogError, match="no plan 'growth'"):
            versions.store(without("growth"), announced_for=then)
        db.session.rollback()
        versions.store(without("scale"), announced_for=then)

    def test_a_plan_that_someone_was_on_before_may_go(self, app: Flask) -> None:
        """Only the newest term counts."""
        organization = an_organization()
        plan_terms.start_plan(organization, "scale", utc_now() - timedelta(days=60))
        plan_terms.start_plan(organization, "growth", utc_now() - timedelta(days=30))
        versions.store(without("scale"), announced_for=utc_now() + timedelta(days=1))

    def test_a_plan_that_is_scheduled_stays(self, app: Flask) -> None:
        organization = an_organization()
        subscription = subscriptions.subscribe(organization, "growth", period=NOVEMBER)
        subscription.scheduled_plan = "scale"
        with pytest.raises(CatalogError, match="no plan 'scale'"):
            versions.store(without("scale"), announced_for=utc_now() + timedelta(days=1))

    def test_who_keeps_their_version_needs_nothing_of_a_new_one(self, app: Flask) -> None:
        on_growth()
        assert versions.store(without("growth")) is True


class TestFind:
    def test_the_version_on_offer_needs_not_be_stored(self, app: Flask) -> None:
        assert versions.find(OLD) is catalog.current()

    def test_an_unknown_version_is_refused_with_what_to_do(self, app: Flask) -> None:
        with pytest.raises(CatalogError, match="flask catalog sync"):
            versions.find("1999-01")

    def test_an_older_version_is_read_as_it_was_stored(self, app: Flask) -> None:
        versions.store(catalog.current())
        offer_newer(app)
        assert versions.find(OLD).plan("growth").price == usd("99")
        assert versions.find(NEW).plan("growth").price == usd("109")

    def test_a_plan_that_its_version_has_no_more_is_the_one_on_offer(self, app: Flask) -> None:
        offer_newer(app)
        assert versions.get_plan("growth", None).version == NEW
        app.extensions["catalog"] = replace(
            newer(), version="unsold", plans={"gold": replace(newer().plan("scale"), key="gold")}
        )
        assert versions.get_plan("growth", NEW).version == NEW
        assert versions.get_plan("gold", NEW).key == "gold"
        with pytest.raises(CatalogError, match="no plan 'growth'"):
            versions.get_plan("growth", None)


class TestOwn:
    def test_who_bought_an_older_version_pays_its_price_and_gets_the_newer_limits(self, app: Flask) -> None:
        versions.store(catalog.current())
        offer_newer(app)
        own = versions.own("growth", OLD, in_force=NEW)
        assert (own.price, own.yearly) == (usd("99"), usd("990"))
        assert (own.version, own.limits["agents"]) == (NEW, 8)

    def test_with_nothing_newer_in_force_it_is_as_it_was_bought(self, app: Flask) -> None:
        versions.store(catalog.current())
        offer_newer(app)
        own = versions.own("growth", OLD, in_force=None)
        assert (own.version, own.limits["agents"]) == (OLD, 10)

    def test_a_plan_that_the_version_in_force_has_not_is_as_it_was_bought(self, app: Flask) -> None:
        versions.store(catalog.current())
        app.extensions["catalog"] = without("growth")
        assert versions.own("growth", OLD, in_force=NEW).version == OLD


class TestInForce:
    def test_an_organization_keeps_its_version_until_its_plan_changes(self, app: Flask) -> None:
        organization = on_growth()
        offer_newer(app)
        now = utc_now()
        assert plan_terms.get_terms(organization).plan_at(now).version == OLD
        plan_terms.start_plan(organization, "growth", now)
        terms = plan_terms.get_terms(organization)
        assert terms.plan_at(now).rates == newer().plan("growth").rates
        assert terms.plan_at(now - timedelta(minutes=1)).version == OLD

    def test_an_announced_version_is_in_force_for_everyone_from_its_time_on(self, app: Flask) -> None:
        organization = an_organization()
        versions.store(catalog.current())
        then = utc_now() + timedelta(days=30)
        versions.store(newer(), announced_for=then)
        terms = plan_terms.get_terms(organization)
        for at, version in [(then - timedelta(microseconds=1), OLD), (then, NEW)]:
            assert terms.plan_at(at).version == version
            assert versions.in_force(OLD, at) == version

    def test_of_two_announced_versions_the_later_is_in_force(self, app: Flask) -> None:
        versions.store(catalog.current())
        then = utc_now() + timedelta(days=30)
        versions.store(newer(), announced_for=then)
        latest = newer(**{'version = "2027-02"': 'version = "2027-03"'})
        versions.store(latest, announced_for=then + timedelta(days=1))
        assert versions.in_force(OLD, then) == NEW
        assert versions.in_force(OLD, then + timedelta(days=1)) == "2027-03"
        assert [one.version for one in announced()] == [NEW, "2027-03"]

    def test_a_version_stored_after_the_announcement_is_not_replaced_by_it(self, app: Flask) -> None:
        versions.store(catalog.current())
        announce_newer(app, ago=timedelta(days=1))
        latest = newer(**{'version = "2027-02"': 'version = "2027-03"'})
        versions.store(latest)
        assert versions.in_force("2027-03", utc_now()) == "2027-03"
        assert versions.in_force(OLD, utc_now()) == NEW


class TestCurrency:
    def test_a_catalog_in_the_currency_of_all_wallets_or_of_none_is_taken(self, app: Flask) -> None:
        versions.check_currency(replace(catalog.current(), currency="EUR"))
        an_organization()
        versions.check_currency(catalog.current())

    @pytest.mark.parametrize(("count", "whose"), [(1, "an organization"), (2, "2 organizations")])
    def test_wallets_in_another_currency_refuse_it(self, app: Flask, count: int, whose: str) -> None:
        for _ in range(count):
            an_organization()
        with pytest.raises(CatalogError, match=rf"in EUR, and the wallets of {whose} are in USD"):
            versions.check_currency(replace(catalog.current(), currency="EUR"))

"""The number of a wallet's terms grows with all that decides how usage is rated, whatever changes it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.billing import catalog
from app.billing.catalog import versions
from app.billing.fast_holds import known_terms
from app.billing.fast_holds.known_terms import KnownTerms
from app.billing.plans import terms
from app.billing.wallet import ledger
from app.clock import utc_now
from app.database import fast
from app.extensions import db
from app.ids import uuid7
from app.models import Organization, PlanTerm
from tests.factories import an_organization
from tests.support.metering import on_growth
from tests.support.versions import newer

SUBSCRIPTION = "UPDATE subscription SET {} WHERE org_id = :of"
CHANGES = {
    "a term that begins": "INSERT INTO plan_term SELECT org_id, now(), plan, version, anchor FROM plan_term "
    "WHERE org_id = :of LIMIT 1",
    "a term's plan": "UPDATE plan_term SET plan = 'scale' WHERE org_id = :of",
    "a term's months": "UPDATE plan_term SET anchor = now() WHERE org_id = :of",
    "a term that is gone": "DELETE FROM plan_term WHERE org_id = :of",
    "the months": SUBSCRIPTION.format("anchor = now()"),
    "the status": SUBSCRIPTION.format("status = 'past_due'"),
    "a failed renewal": SUBSCRIPTION.format("failed_at = now()"),
    "a suspension": SUBSCRIPTION.format("suspended_at = now()"),
    "a promise": SUBSCRIPTION.format("promised_until = now()"),
    "the version": SUBSCRIPTION.format("version = NULL"),
    "a subscription that is gone": "DELETE FROM subscription WHERE org_id = :of",
    "the zone": "UPDATE organization SET timezone = 'Asia/Tokyo' WHERE id = :of",
    "the currency": "UPDATE organization SET currency = 'EUR' WHERE id = :of",
}
OTHERS = {
    "the name": "UPDATE organization SET name = 'Another' WHERE id = :of",
    "how it failed": SUBSCRIPTION.format("failure = 'Declined'"),
    "what is planned": SUBSCRIPTION.format("scheduled_plan = 'scale'"),
}


def version_of(organization: Organization) -> Any:
    query = text("SELECT terms_version FROM wallet WHERE org_id = :of")
    return db.session.scalar(query, {"of": organization.id})


def known_of(organization: Organization) -> KnownTerms:
    db.session.commit()
    connections = fast.connections.get()
    found = connections.run(lambda one: known_terms.find(one, [organization.id], uuid7()))
    return found[organization.id]


def announced() -> str:
    return str(db.session.scalar(text(known_terms.ANNOUNCED)))


@pytest.mark.parametrize("change", CHANGES)
def test_what_decides_how_usage_is_rated_raises_the_number(app: Flask, change: str) -> None:
    organization, other = on_growth(), on_growth()
    for one in (organization, other):
        terms.start_plan(one, "growth", utc_now())
    before = [version_of(organization), version_of(other)]
    db.session.execute(text(CHANGES[change]), {"of": organization.id})
    assert version_of(organization) > before[0]
    assert version_of(other) == before[1]


@pytest.mark.parametrize("change", OTHERS)
def test_what_does_not_leaves_it(app: Flask, change: str) -> None:
    organization = on_growth()
    before = version_of(organization)
    db.session.execute(text(OTHERS[change]), {"of": organization.id})
    assert version_of(organization) == before


def test_the_product_itself_raises_it(app: Flask) -> None:
    organization = on_growth()
    seen = [version_of(organization)]
    terms.start_plan(organization, "scale", utc_now())
    seen.append(version_of(organization))
    ledger.change_zone(organization, "Asia/Tokyo")
    seen.append(version_of(organization))
    assert seen == sorted(set(seen))


def test_terms_hold_until_the_number_or_what_is_announced_or_the_catalog_differs(app: Flask) -> None:
    organization = an_organization()
    known, now = known_of(organization), announced()
    version = version_of(organization)
    assert known.are_still(version, now)
    assert not known.are_still(version + 1, now)
    before = catalog.current()
    catalog.offer(newer())
    assert not known.are_still(version, now)
    catalog.offer(before)
    versions.store(newer(), announced_for=utc_now() + timedelta(days=36_500))
    assert not known.are_still(version, announced())


def test_they_are_those_that_are_read_for_a_quote(app: Flask) -> None:
    organization = on_growth()
    known = known_of(organization)
    assert known.billing.currency == organization.currency
    of = terms.get_terms(organization)
    now = utc_now()
    assert known.billing.terms.plan_at(now) is of.plan_at(now)
    assert known.billing.terms.terms == of.terms


def test_they_are_read_once_and_again_when_they_are_forgotten(app: Flask) -> None:
    organization = an_organization()
    first = known_of(organization)
    db.session.add(
        PlanTerm(org_id=organization.id, starts_at=utc_now(), plan="scale", version=catalog.current().version)
    )
    assert known_of(organization) is first
    known_terms.forget(organization.id)
    assert known_of(organization).version == first.version + 1


def test_those_of_no_organization_are_none(app: Flask) -> None:
    unknown = uuid7()
    assert unknown not in fast.connections.get().run(lambda one: known_terms.find(one, [unknown], uuid7()))


def test_only_so_many_are_known(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_terms, "MOST", 2)
    organizations = [an_organization() for _ in range(5)]
    found = [known_of(organization) for organization in organizations]
    assert len(set(map(id, found))) == 5
    assert len(known_terms._known.get()) <= 2


def test_what_was_found_stays_while_others_forget_it(app: Flask) -> None:
    organization = an_organization()
    connections = fast.connections.get()
    found = connections.run(lambda one: known_terms.find(one, [organization.id], uuid7()))
    known_terms.forget(organization.id)
    assert known_of(organization) is not found[organization.id]

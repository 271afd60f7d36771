"""When another plan comes into force, rates, trail, platform and owners all say the same of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.billing import audit, catalog
from app.billing.catalog import CatalogError
from app.billing.plans import terms
from app.billing.subscriptions import effects
from app.billing.subscriptions.effects import PlanInForce, Reason
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db
from app.models import AuditEvent, Mail, Organization, PlatformMessage
from tests.factories import OWNER, a_person, an_organization


@pytest.fixture
def organization(app: Flask) -> Organization:
    """With someone who gets mail."""
    organization = an_organization()
    a_person(organization=organization)
    return organization


def in_force(plan: str, interval: str = "month") -> PlanInForce:
    version = catalog.current().version
    return PlanInForce(plan, version, interval, version)


def test_it_is_in_force_from_then_on_and_everyone_is_told(organization: Organization) -> None:
    at = utc_now() - timedelta(hours=1)
    ledger.lock(organization.id)
    terms.start_plan(organization, "starter", at - timedelta(days=9))
    before, after = in_force("starter"), in_force("growth", "year")
    effects.make(organization, before, after, Reason.SWITCHED, at=at, anchor=at, actor=OWNER)
    db.session.commit()

    plans = terms.get_terms(organization)
    assert plans.plan_at(at - timedelta(microseconds=1)).key == "starter"
    assert plans.plan_at(at).key == "growth"

    (entry,) = db.session.scalars(db.select(AuditEvent).filter_by(action="plan.changed"))
    assert (entry.actor, entry.subject) == (OWNER.name, "growth")
    version = catalog.current().version
    assert entry.details == {
        "before": "starter",
        "interval": "year",
        "version": version,
        "reason": "switched",
    }

    (message,) = db.session.scalars(db.select(PlatformMessage))
    assert (message.type, message.happened_at, message.data["reason"]) == ("plan.changed", at, "switched")
    assert (message.data["previous"]["key"], message.data["plan"]["key"]) == ("starter", "growth")
    assert message.data["plan"]["interval"] == "year"

    (mail,) = db.session.scalars(db.select(Mail))
    assert (mail.kind, mail.facts["plan"], mail.facts["before"]) == ("plan_changed", "Growth", "Starter")
    assert (mail.facts["interval"], mail.facts["reason"]) == ("year", "switched")


def test_nothing_of_it_is_there_without_the_callers_transaction(organization: Organization) -> None:
    ledger.lock(organization.id)
    effects.make(
        organization,
        in_force("starter"),
        in_force("growth"),
        Reason.CHANGED,
        at=utc_now(),
        anchor=None,
        actor=audit.STRIPE,
    )
    db.session.rollback()
    assert terms.get_terms(organization).plan_at(utc_now()).key == "starter"
    for table in (PlatformMessage, Mail):
        assert db.session.scalars(db.select(table)).all() == []
    assert db.session.scalars(db.select(AuditEvent).filter_by(action="plan.changed")).all() == []


def test_a_plan_of_a_version_that_is_unknown_is_refused(app: Flask) -> None:
    with pytest.raises(CatalogError):
        _ = PlanInForce("growth", "1999", "month", "1999").own

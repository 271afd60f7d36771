"""Stopping charges: one question, told to everyone who has to know."""

from __future__ import annotations

from flask import Flask

from app.billing.brake import stopping
from app.billing.brake.band import Band
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db
from app.models import AuditEvent, Mail, Role
from app.money import Money
from tests.factories import a_person, an_organization
from tests.support.braking import emails_of, messages_of, stops
from tests.support.metering import an_event, take


def test_owners_are_asked_by_mail_the_platform_knows_and_the_trail_has_it(app: Flask) -> None:
    organization = an_organization(credit="100")
    a_person("one@test.example", organization=organization)
    a_person("two@test.example", organization=organization)
    a_person("member@test.example", organization=organization, role=Role.MEMBER)
    now = utc_now()
    take(an_event(organization, "1", 833_340, when=now, campaign="Recall", agent="Ava"), now=now)
    wallet = ledger.lock(organization.id)
    version = wallet.version
    at = utc_now()
    stop = stopping.stop(organization, 10_000_000, Band(2_000_000, 6_000_000, is_known=True), at)
    db.session.commit()

    assert [one.id for one in stops(organization)] == [stop.id]
    assert [(one["kind"], one["name"]) for one in stop.spenders] == [("campaign", "Recall"), ("agent", "Ava")]
    query = db.select(Mail.recipient).filter_by(org_id=organization.id, kind="auto_top_up_stopped")
    assert sorted(db.session.scalars(query)) == ["one@test.example", "two@test.example"]
    facts = emails_of(organization, "auto_top_up_stopped")[0]
    assert (facts["last_hour"], facts["usual"]) == (
        {"micro": 10_000_000, "currency": "USD"},
        {"micro": 2_000_000, "currency": "USD"},
    )
    [message] = messages_of(organization, "auto_top_up.stopped")
    assert message["last_hour"] == {"amount": "10.000000", "currency": "USD"}
    [entry] = db.session.scalars(db.select(AuditEvent).filter_by(action="auto_top_up.stopped"))
    assert entry.details == {"last_hour": "10.00", "usual": "2.00", "most": "6.00"}
    assert ledger.lock(organization.id).version > version


def test_without_a_past_no_one_is_told_what_is_usual(app: Flask) -> None:
    organization = an_organization(credit="100")
    a_person(organization=organization)
    ledger.lock(organization.id)
    stopping.stop(organization, 99_000_000, Band(0, 80_000_000, is_known=False), utc_now())
    db.session.commit()
    [facts] = emails_of(organization, "auto_top_up_stopped")
    assert facts["usual"] is None
    assert (
        Money(99_000_000, "USD").exact
        == messages_of(organization, "auto_top_up.stopped")[0]["last_hour"]["amount"]
    )  # type: ignore[index]

"""Granted credit: once, told, recorded, and never more than was meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask

from app.billing import audit
from app.billing.credit import grants
from app.billing.credit.grants import Grant, GrantError
from app.billing.wallet import ledger, verification
from app.clock import utc_now
from app.extensions import db
from app.models import (
    Account,
    AccountName,
    AuditEvent,
    CallingState,
    CreditLot,
    LotKind,
    Mail,
    Organization,
    PlatformMessage,
)
from tests.factories import a_person, an_organization, at, usd

LATER = date(2040, 1, 31)
OFFER = Grant(LotKind.PROMOTIONAL, usd("25"), "Launch offer", "launch", LATER)


def give(organization: Organization, wanted: Grant = OFFER) -> bool:
    done = grants.grant(organization, wanted, audit.OPERATOR)
    db.session.commit()
    return done


def test_it_can_be_used_through_its_last_day_where_the_organization_is(app: Flask) -> None:
    organization = an_organization(timezone="America/New_York")
    assert give(organization)
    lot = db.session.scalars(db.select(CreditLot)).one()
    assert (lot.kind, lot.note, lot.expires_at) == (
        LotKind.PROMOTIONAL,
        "Launch offer",
        at("2040-02-01 05:00"),
    )
    wallet = ledger.lock(organization.id)
    assert (wallet.posted, wallet.state) == (usd("25"), CallingState.ACTIVE)
    assert wallet.credit_expires_at == lot.expires_at
    assert db.session.get_one(Account, (organization.id, AccountName.PROMOTIONS)).balance_micro == -25_000_000
    assert verification.check() == []


def test_the_same_key_grants_once(app: Flask) -> None:
    organization = an_organization()
    assert [give(organization) for _ in range(3)] == [True, False, False]
    assert ledger.lock(organization.id).posted == usd("25")
    assert give(an_organization())


@pytest.mark.parametrize(
    "other",
    [
        replace(OFFER, amount=usd("26")),
        replace(OFFER, kind=LotKind.GOODWILL),
        replace(OFFER, last_day=LATER + timedelta(days=1)),
        replace(OFFER, note="Another offer"),
    ],
)
def test_a_key_that_granted_something_else_is_refused(app: Flask, other: Grant) -> None:
    organization = an_organization()
    give(organization)
    with pytest.raises(GrantError, match="something else"):
        give(organization, other)
    db.session.rollback()
    assert ledger.lock(organization.id).posted == usd("25")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (replace(OFFER, kind=LotKind.PAID), "top-ups only"),
        (replace(OFFER, amount=usd("0")), "above zero"),
        (replace(OFFER, last_day=date(2020, 1, 1)), "expired already"),
        (replace(OFFER, last_day=None), "choose its last day"),
        (replace(OFFER, last_day=date.max), "more than fifty years"),
        (replace(OFFER, last_day=date.max - timedelta(days=1)), "more than fifty years"),
        (replace(OFFER, note=""), "a note of 1 to"),
        (replace(OFFER, note="\u3164 "), "a note of 1 to"),
        (replace(OFFER, note="x" * 121), "a note of 1 to"),
        (replace(OFFER, key="a\0b"), "a key of 1 to"),
        (replace(OFFER, note="Corrected usage"), "Choose another note"),
    ],
)
def test_what_can_not_be_granted_says_why(app: Flask, wrong: Grant, says: str) -> None:
    with pytest.raises(GrantError, match=says):
        give(an_organization(), wrong)


def test_owners_the_platform_and_the_audit_trail_are_told(app: Flask) -> None:
    organization = an_organization()
    a_person("dana@harbor.example", organization=organization)
    assert give(organization)
    assert not give(organization)
    [mail] = db.session.scalars(db.select(Mail).where(Mail.kind == "credit_granted"))
    assert (mail.recipient, mail.facts["credit"]) == ("dana@harbor.example", "Promotional credit")
    [message] = db.session.scalars(db.select(PlatformMessage).where(PlatformMessage.type == "credit.granted"))
    assert message.data["granted"] == {"amount": "25.000000", "currency": "USD"}
    [event] = db.session.scalars(db.select(AuditEvent).where(AuditEvent.action == "credit.granted"))
    assert (event.actor, event.details["key"], event.details["amount"]) == ("operator", "launch", "25.00")


def test_a_grant_without_a_key_is_known_by_what_it_is(app: Flask) -> None:
    key = grants.key_of(LotKind.PROMOTIONAL, usd("25"), LATER, "Launch offer")
    assert key == grants.key_of(LotKind.PROMOTIONAL, usd("25"), LATER, "Launch offer")
    assert key != grants.key_of(LotKind.PROMOTIONAL, usd("25"), None, "Launch offer")
    assert utc_now() < at("2040-01-01 00:00")

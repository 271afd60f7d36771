"""Signing in and out, and attempts to, are in the trail of each organization of the account, and flood none."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from app.extensions import db
from app.ids import uuid7
from app.models import AuditEvent, Organization
from app.people import own_trail
from tests.factories import a_person, an_organization
from tests.support.browsing import Visitor
from tests.support.sandbox import work_through

EMAIL = "dana@harbor.example"


@pytest.fixture
def both(app: Flask) -> list[UUID]:
    """Two organizations of one person, and one of someone else."""
    harbor, pine = an_organization("Harbor Dental"), an_organization("Pine Realty")
    for organization in (harbor, pine):
        a_person(EMAIL, organization=organization)
    a_person("ruth@atlas.example", organization=an_organization("Atlas Freight"))
    return [harbor.id, pine.id]


def recorded(about: str = EMAIL) -> list[tuple[UUID, str, str, dict[str, Any]]]:
    """Whose trail, who, what, and its details."""
    db.session.expire_all()
    query = db.select(AuditEvent).where(AuditEvent.subject == about)
    events = db.session.scalars(query.order_by(AuditEvent.at, AuditEvent.id))
    return [(one.org_id, one.actor, one.action, one.details) for one in events]


def test_signing_in_and_out_is_recorded_wherever_the_account_leads(app: Flask, both: list[UUID]) -> None:
    visitor = Visitor(app.test_client())
    for _ in range(2):
        visitor.sign_in(EMAIL)
        visitor.post("/sign-out")
    said = recorded()
    assert {one[0] for one in said} == set(both)
    assert {one[1] for one in said} == {EMAIL}
    assert [(one[2], one[3]) for one in said if one[0] == both[0]] == [
        ("user.signed_in", {"by": "password", "new_browser": True}),
        ("user.signed_out", {}),
        ("user.signed_in", {"by": "password", "new_browser": False}),
        ("user.signed_out", {}),
    ]


def test_signing_out_without_being_signed_in_records_nothing(app: Flask, both: list[UUID]) -> None:
    assert Visitor(app.test_client()).post("/sign-out").status_code == 302
    assert recorded() == []


@pytest.mark.long
def test_a_thousand_wrong_passwords_are_a_few_entries(app: Flask, both: list[UUID]) -> None:
    stranger = Visitor(app.test_client())
    for _ in range(105):
        stranger.sign_in(EMAIL, "guess")
    assert recorded() == [], "the response waits for no entry"
    work_through(app)
    theirs = [one[1:] for one in recorded() if one[0] == both[1]]
    assert sorted(theirs, key=lambda one: one[2]["attempts"]) == [
        ("sign-in page", "user.sign_in_failed", {"attempts": 1}),
        ("sign-in page", "user.sign_in_failed", {"attempts": 10}),
        ("sign-in page", "user.sign_in_failed", {"attempts": 100}),
    ]
    assert set(db.session.scalars(db.select(AuditEvent.address))) == {"127.0.0.1"}


def test_an_address_without_an_account_is_recorded_nowhere(app: Flask, both: list[UUID]) -> None:
    before = db.session.scalar(db.select(db.func.count()).select_from(AuditEvent))
    Visitor(app.test_client()).sign_in("missing@harbor.example", "guess")
    work_through(app)
    assert db.session.scalar(db.select(db.func.count()).select_from(AuditEvent)) == before


def test_a_job_that_runs_again_records_nothing_again(app: Flask, both: list[UUID]) -> None:
    entry = uuid7()
    for _ in range(2):
        own_trail.note_failed_sign_in(EMAIL, "192.0.2.7", 10, entry)
        db.session.commit()
    assert sorted(one[0] for one in recorded()) == sorted(both)


def test_an_entry_about_a_person_is_not_in_the_trail_of_others(app: Flask, both: list[UUID]) -> None:
    Visitor(app.test_client()).sign_in(EMAIL)
    [atlas] = db.session.scalars(db.select(Organization.id).where(Organization.name == "Atlas Freight"))
    assert atlas not in {one[0] for one in recorded()}

"""Owners are told by email when security is weakened, and when someone becomes an owner or is none any more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app.extensions import db
from app.models import AuditEvent, Mail, Organization, Role
from app.people import confirmation, invitations, memberships, provisioning
from app.people.factors import requirement
from app.people.provisioning import Wanted
from app.web.step_up import Change
from tests.factories import OWNER, a_person, an_organization
from tests.support.factors import an_app
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox

SECURITY = "/billing/security"


def told(kind: str) -> list[str]:
    """Who gets an email of this kind."""
    db.session.rollback()
    found = db.session.scalars(db.select(Mail.recipient).filter_by(kind=kind))
    return sorted(str(one) for one in found)


@pytest.fixture
def harbor(app: Flask) -> Organization:
    """Two owners and a member; billing emails go elsewhere."""
    made = an_organization("Harbor Dental")
    a_person("dana@harbor.example", organization=made)
    a_person("ruth@harbor.example", organization=made)
    a_person("tom@harbor.example", organization=made, role=Role.MEMBER)
    made.billing_emails = ["books@harbor.example"]
    db.session.commit()
    return made


OWNERS = ["dana@harbor.example", "ruth@harbor.example"]


def rarer(org: Organization, *, always: bool) -> None:
    confirmation.choose_always(org.id, OWNER, always=always)


def optional(org: Organization, *, required: bool) -> None:
    dana = memberships.people_of(org.id)["dana@harbor.example"]
    if required:
        an_app(dana)
        requirement.require(org.id, dana, OWNER)
    else:
        requirement.stop_requiring(org.id, OWNER)


WEAKENED: dict[str, tuple[Callable[[Organization], None], Callable[[Organization], None]]] = {
    "confirmations_rarer": (lambda org: rarer(org, always=True), lambda org: rarer(org, always=False)),
    "factor_optional": (lambda org: optional(org, required=True), lambda org: optional(org, required=False)),
}
"""How each setting is switched on and off again."""
ELSEWHERE = {
    "security.reset_factor": "the person is told (`tests/people/factors/test_reset.py`)",
}
"""What else is changed on the page of security settings."""


@pytest.mark.parametrize("setting", WEAKENED)
def test_what_weakens_is_told_to_every_owner_once_and_what_strengthens_is_not(
    harbor: Organization, setting: str
) -> None:
    on, off = WEAKENED[setting]
    on(harbor)
    db.session.commit()
    assert told("security_weakened") == []
    for _ in range(2):
        off(harbor)
        db.session.commit()
    assert told("security_weakened") == OWNERS
    facts = db.session.scalars(db.select(Mail.facts).filter_by(kind="security_weakened")).first()
    assert facts is not None
    assert (facts["change"], facts["by"]) == (setting, OWNER.name)


def test_every_setting_of_security_is_in_a_list(application: Flask) -> None:
    """Who adds a setting has to say who is told when it is switched off."""
    by_page = {
        endpoint
        for endpoint, view in application.view_functions.items()
        if getattr(view, "confirms", None) is Change.SECURITY
    }
    assert by_page == {"security.choose_confirmations", "security.require_factor"}
    on_page = {endpoint for endpoint in application.view_functions if endpoint.startswith("security.")}
    assert on_page - by_page == {"security.show", *ELSEWHERE}
    columns = {
        column.name
        for column in Organization.__table__.columns
        if column.name.startswith(("confirms", "requires"))
    }
    assert columns == {"confirms_always", "requires_second_factor"}


class TestOwners:
    def test_one_whom_the_platform_removes_is_told_and_so_are_the_others(self, harbor: Organization) -> None:
        provisioning.provision(
            harbor.id, Wanted(harbor.name, harbor.timezone, owners=["dana@harbor.example"]), OWNER
        )
        db.session.commit()
        assert told("owners_changed") == OWNERS

    def test_a_member_whom_the_platform_makes_an_owner_is_told_and_so_are_the_others(
        self, harbor: Organization
    ) -> None:
        owners = [*OWNERS, "tom@harbor.example"]
        provisioning.provision(harbor.id, Wanted(harbor.name, harbor.timezone, owners=owners), OWNER)
        db.session.commit()
        assert told("owners_changed") == owners

    def test_one_who_accepts_an_invitation_knows_it_and_the_others_are_told(
        self, harbor: Organization
    ) -> None:
        link = invitations.invite(harbor, "ava@new.example", role=Role.ORG_ADMIN, actor=OWNER)
        invitations.accept_as_new(link.token, "seven green bottles", "192.0.2.7")
        db.session.commit()
        assert told("owners_changed") == OWNERS

    def test_no_one_is_told_of_members(self, harbor: Organization) -> None:
        ava = a_person("ava@new.example", organization=an_organization("Birch"))
        memberships.assign_role(harbor, ava, Role.MEMBER, OWNER)
        memberships.remove(harbor, ava, OWNER)
        db.session.commit()
        assert told("owners_changed") == []

    def test_one_who_becomes_a_member_is_told(self, harbor: Organization) -> None:
        ruth = memberships.people_of(harbor.id)["ruth@harbor.example"]
        memberships.assign_role(harbor, ruth, Role.MEMBER, OWNER)
        db.session.commit()
        assert told("owners_changed") == OWNERS

    def test_what_stays_as_it_is_tells_no_one(self, harbor: Organization) -> None:
        provisioning.provision(harbor.id, Wanted(harbor.name, harbor.timezone, owners=OWNERS), OWNER)
        db.session.commit()
        assert told("owners_changed") == []


def test_failed_confirmations_are_recorded_and_from_the_tenth_on_told(app: Flask, sandbox: Sandbox) -> None:
    owner = Owner(app)
    wrong = {"method": "password", "password": "wrong"}
    for _ in range(9):
        owner.post("/confirm", wrong)
    assert told("factor_changed") == []
    for _ in range(5):
        owner.post("/confirm", wrong)
    assert told("factor_changed") == [owner.email]
    entries = db.session.scalars(
        db.select(AuditEvent).filter_by(action="user.confirmation_failed").order_by(AuditEvent.at)
    ).all()
    assert [(one.subject, one.actor, one.details["attempts"]) for one in entries] == [
        (owner.email, owner.email, 1),
        (owner.email, owner.email, 10),
    ]

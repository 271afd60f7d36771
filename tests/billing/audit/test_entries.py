"""A record of the audit trail says who did what, to what, from where; and goes with the caller's transaction."""

from __future__ import annotations

from flask import Flask

from app.billing import audit
from app.billing.audit import OPERATOR, STRIPE, Actor
from app.clock import utc_now
from app.extensions import db
from app.models import AuditEvent
from tests.factories import a_person, an_organization


def entries() -> list[AuditEvent]:
    return list(db.session.scalars(db.select(AuditEvent).order_by(AuditEvent.id)))


def test_a_record_says_who_did_what_when_and_from_where(app: Flask) -> None:
    organization = an_organization()
    person = a_person(organization=organization)
    before = utc_now()
    actor = Actor(person.email, person.id, "192.0.2.7")
    audit.record(organization.id, actor, "user.role_changed", "ava@test.example", role="member", was=None)
    db.session.commit()
    found = entries()[-1]
    assert (found.org_id, found.actor, found.user_id) == (organization.id, person.email, person.id)
    assert (found.action, found.subject, found.address) == (
        "user.role_changed",
        "ava@test.example",
        "192.0.2.7",
    )
    assert found.details == {"role": "member", "was": None}
    assert before <= found.at <= utc_now()


def test_parts_of_the_application_come_from_no_address(app: Flask) -> None:
    organization = an_organization()
    for actor in (STRIPE, OPERATOR):
        audit.record(organization.id, actor, "refund", "re_1")
    db.session.commit()
    found = [entry for entry in entries() if entry.action == "refund"]
    assert [(entry.actor, entry.user_id, entry.address, entry.details) for entry in found] == [
        ("stripe", None, None, {}),
        ("operator", None, None, {}),
    ]


def test_what_is_rolled_back_leaves_no_record(app: Flask) -> None:
    organization = an_organization()
    known = len(entries())
    audit.record(organization.id, STRIPE, "refund", "re_1")
    db.session.flush()
    db.session.rollback()
    assert len(entries()) == known

"""Who gets billing email can't be changed quietly: those who got it before and all owners are told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from app.billing.audit import Actor
from app.billing.customers import details
from app.billing.customers import queries as customer_queries
from app.billing.mail import outbox
from app.extensions import db
from app.models import AuditEvent, Mail, Organization
from app.pages.activity import wording
from app.people import memberships
from tests.factories import OWNER, a_person, an_organization
from tests.support.billing_details import HARBOR

BOOKS, CFO, THIEF = "books@harbor.example", "cfo@harbor.example", "thief@elsewhere.example"
HIJACKED = Actor("dana@harbor.example", address="203.0.113.9")


@pytest.fixture
def organization(app: Flask) -> Organization:
    made = an_organization("Harbor Dental")
    for email in ("dana@harbor.example", "eli@harbor.example"):
        a_person(email, organization=made)
    details.set_recipients(made, [BOOKS, CFO], OWNER)
    db.session.commit()
    db.session.execute(db.delete(Mail))
    db.session.commit()
    return made


def told() -> dict[str | None, str]:
    """Who was told, and what: the plain text in one line."""
    found = db.session.scalars(db.select(Mail).filter_by(kind="recipients_changed"))
    return {mail.recipient: " ".join(outbox.as_read(mail).text.split()) for mail in found}


def test_the_previous_recipients_and_all_owners_are_told_also_those_removed(
    organization: Organization,
) -> None:
    details.set_recipients(organization, [CFO, THIEF], HIJACKED)
    assert set(told()) == {BOOKS, CFO, "dana@harbor.example", "eli@harbor.example"}


def test_they_are_told_who_did_it_from_where_and_what_changed(organization: Organization) -> None:
    details.set_recipients(organization, [THIEF], HIJACKED)
    said = told()[BOOKS]
    for words in (
        f"Recipients until now: {BOOKS}, {CFO}",
        f"Recipients from now on: {THIEF}",
        "Changed by: dana@harbor.example",
        "IP address: 203.0.113.9",
        "http://localhost:8000/billing/details?org=harbor-dental",
    ):
        assert words in said


def test_saving_the_billing_details_tells_it_too(organization: Organization) -> None:
    version = customer_queries.gather(organization)[1]
    details.save(organization, replace(HARBOR, emails=(THIEF,)), version, HIJACKED)
    assert {BOOKS, CFO} < set(told())


def test_each_change_is_told_also_one_that_undoes_another(organization: Organization) -> None:
    for emails in ([THIEF], [BOOKS, CFO], [THIEF]):
        details.set_recipients(organization, emails, HIJACKED)
    assert db.session.query(Mail).filter_by(kind="recipients_changed", recipient=BOOKS).count() == 2
    assert db.session.query(Mail).filter_by(kind="recipients_changed", recipient=THIEF).count() == 1
    assert (
        db.session.query(Mail).filter_by(kind="recipients_changed", recipient="dana@harbor.example").count()
        == 3
    )


def test_someone_who_loses_the_role_is_told_that_they_get_no_more(organization: Organization) -> None:
    person = a_person(CFO, organization=organization)
    memberships.remove(organization, person, OWNER)
    assert f"Recipients from now on: {BOOKS}" in told()[CFO]


@pytest.mark.parametrize("emails", [[BOOKS, CFO], [CFO, BOOKS], ["Books@harbor.example", CFO]])
def test_the_same_addresses_in_another_order_or_case_tell_no_one(
    organization: Organization, emails: list[str]
) -> None:
    details.set_recipients(organization, emails, OWNER)
    assert told() == {}


def test_other_details_tell_no_one(organization: Organization) -> None:
    kept, version = customer_queries.gather(organization)
    details.save(organization, replace(kept, legal_name="Harbor"), version, OWNER)
    assert told() == {}


def test_the_audit_trail_has_before_and_after(organization: Organization) -> None:
    details.set_recipients(organization, [], HIJACKED)
    newest = db.session.scalars(
        db.select(AuditEvent).filter_by(action="organization.recipients_set").order_by(AuditEvent.id.desc())
    ).first()
    assert newest is not None
    assert (newest.actor, newest.address) == (HIJACKED.name, HIJACKED.address)
    assert wording.find_wording(newest.action).detail(newest) == f"From {BOOKS}, {CFO} to the owners"

"""What a statement says of the organization stays as it was when the month was over."""

from __future__ import annotations

from flask import Flask

from app.billing import statements
from app.billing.audit import Actor
from app.billing.customers import details, documents
from app.billing.customers.validation import Details
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, TransferKind
from app.people.provisioning import Wanted, provision
from tests.factories import an_organization, at, usd
from tests.support.moving import post


def an_organization_with_months() -> Organization:
    organization = an_organization(timezone="UTC")
    post(organization, TransferKind.TOP_UP, usd("50"), at("2026-08-20 12:00"))
    post(organization, TransferKind.TOP_UP, usd("50"), utc_now())
    return organization


def test_a_month_that_is_over_keeps_what_held_until_the_first_change(app: Flask) -> None:
    organization = an_organization_with_months()
    this_month, *over = statements.months(organization)
    before = documents.on_statement(organization, this_month)
    for version, name in enumerate(("Harbor Dental LLC", "Harbor Dental Group LLC")):
        details.save(organization, Details(legal_name=name), version, Actor("test"))
        db.session.commit()
    assert [documents.on_statement(organization, month) for month in over] == [before] * len(over)
    assert documents.on_statement(organization, this_month).billed == ("Harbor Dental Group LLC",)


def test_so_it_does_when_the_platform_renames_or_moves_it(app: Flask) -> None:
    organization = an_organization_with_months()
    this_month, *over = statements.months(organization)
    before = documents.on_statement(organization, this_month)
    provision(organization.id, Wanted(name="New name", timezone="Asia/Kathmandu"), Actor("test"))
    db.session.commit()
    assert [documents.on_statement(organization, month) for month in over] == [before] * len(over)
    now = documents.on_statement(organization, this_month)
    assert (now.name, now.timezone) == ("New name", "Asia/Kathmandu")


def test_an_organization_without_movements_has_nothing_to_keep(app: Flask) -> None:
    organization = an_organization()
    details.save(organization, Details(legal_name="Harbor Dental LLC"), 0, Actor("test"))
    assert statements.months(organization) == []

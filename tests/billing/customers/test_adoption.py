"""A customer that Stripe has for an organization, and that isn't known here, is recorded as its."""

from __future__ import annotations

from uuid import uuid4

from flask import Flask

from app.billing.customers import adoption
from app.extensions import db
from app.models import Organization
from tests.factories import an_organization
from tests.support.sandbox import Sandbox


def at_stripe(sandbox: Sandbox, named: str | None) -> str:
    """A customer of Stripe's whose metadata names this organization."""
    return sandbox.stripe.v1.customers.create({"metadata": {"organization": named} if named else {}}).id


def customers_of(organization: Organization) -> tuple[str | None, list[str]]:
    db.session.rollback()
    now = db.session.get_one(Organization, organization.id, populate_existing=True)
    return now.stripe_customer_id, now.former_customer_ids


def test_the_first_becomes_its_customer_and_another_a_former_one(app: Flask, sandbox: Sandbox) -> None:
    organization = an_organization()
    first, second = (at_stripe(sandbox, str(organization.id)) for _ in range(2))
    assert adoption.adopt(first)
    assert adoption.adopt(second)
    assert adoption.adopt(first)
    assert customers_of(organization) == (first, [second])


def test_what_was_made_for_none_of_ours_stays_a_stranger(app: Flask, sandbox: Sandbox) -> None:
    organization = an_organization()
    deleted = at_stripe(sandbox, str(organization.id))
    sandbox.stripe.v1.customers.delete(deleted)
    strangers = [
        at_stripe(sandbox, None),
        at_stripe(sandbox, "shop"),
        at_stripe(sandbox, str(uuid4())),
        deleted,
    ]
    assert [adoption.adopt(one) for one in strangers] == [False] * 4
    assert customers_of(organization) == (None, [])

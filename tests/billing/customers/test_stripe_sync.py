"""Stripe's customer has the billing details that we have, and so do its invoices from then on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from app.billing.cards import payment_methods
from app.billing.customers import details, stripe_sync
from app.billing.customers.validation import Details
from app.extensions import db
from app.payments.errors import OutcomeUnknownError
from tests.factories import OWNER, a_payer, an_organization
from tests.support.billing_details import HARBOR
from tests.support.plans import sell_plans, switch_to
from tests.support.sandbox import Sandbox, work_through


@pytest.mark.long
def test_the_customer_has_them_and_so_do_invoices(app: Flask, sandbox: Sandbox) -> None:
    organization, _ = a_payer()
    details.save(organization, HARBOR, 0, OWNER)
    db.session.commit()
    work_through(app)
    id_ = organization.stripe_customer_id or ""
    customer = sandbox.stripe.v1.customers.retrieve(id_)
    assert (customer.name, customer.email) == ("Harbor Dental GmbH", "books@harbor.example")
    assert customer.address and customer.address.city == "Hamburg"
    sell_plans()
    switch_to(organization, "growth")
    invoice = sandbox.stripe.v1.invoices.list({"customer": id_}).data[0]
    assert [one.value for one in invoice.customer_tax_ids or []] == ["DE136695976"]
    assert [(one.name, one.value) for one in invoice.custom_fields or []] == [("PO number", "PO-4711")]


def test_another_tax_id_takes_the_place_of_the_one_before(app: Flask, sandbox: Sandbox) -> None:
    organization, _ = a_payer()
    for version, (kind, value) in enumerate([("eu_vat", "DE136695976"), ("us_ein", "91-1144442")]):
        changed = replace(HARBOR, tax_kind=kind, tax_id=value)
        details.save(organization, changed, version, OWNER)
        db.session.commit()
        for _ in range(2):
            stripe_sync.sync_to_stripe(organization.id)
    listed = sandbox.stripe.v1.customers.tax_ids.list(organization.stripe_customer_id or "")
    assert [(one.type, one.value) for one in listed.data] == [("us_ein", "91-1144442")]
    details.save(organization, Details(), 2, OWNER)
    db.session.commit()
    stripe_sync.sync_to_stripe(organization.id)
    customer = sandbox.stripe.v1.customers.retrieve(organization.stripe_customer_id or "")
    assert (customer.name, customer.address) == (organization.name, None)


def test_a_customer_that_is_made_later_gets_them_too(app: Flask, sandbox: Sandbox) -> None:
    organization = an_organization()
    details.save(organization, HARBOR, 0, OWNER)
    db.session.commit()
    sell_plans()
    id_ = payment_methods.customer_of(organization, email=None)
    work_through(app)
    assert sandbox.stripe.v1.customers.retrieve(id_).name == "Harbor Dental GmbH"


def test_where_nothing_was_saved_stripe_is_told_nothing(app: Flask, sandbox: Sandbox) -> None:
    organization, _ = a_payer()
    organization.name = "Another name"
    db.session.commit()
    stripe_sync.sync_to_stripe(organization.id)
    assert sandbox.stripe.v1.customers.retrieve(organization.stripe_customer_id or "").name != "Another name"


def test_without_a_customer_stripe_is_not_asked(app: Flask, sandbox: Sandbox) -> None:
    organization = an_organization()
    details.save(organization, HARBOR, 0, OWNER)
    db.session.commit()
    stripe_sync.sync_to_stripe(organization.id)
    assert sandbox.stripe.v1.customers.list().data == []


def test_no_answer_is_an_error_and_the_next_try_tells_it_once(app: Flask, sandbox: Sandbox) -> None:
    organization, _ = a_payer()
    details.save(organization, HARBOR, 0, OWNER)
    db.session.commit()
    sandbox.fail("POST /v1/customers/*/tax_ids", "drop_after", times=3)
    with pytest.raises(OutcomeUnknownError):
        stripe_sync.sync_to_stripe(organization.id)
    sandbox.clear_faults()
    stripe_sync.sync_to_stripe(organization.id)
    listed = sandbox.stripe.v1.customers.tax_ids.list(organization.stripe_customer_id or "")
    assert [(one.type, one.value) for one in listed.data] == [("eu_vat", "DE136695976")]


def test_another_organizations_customer_keeps_its_own(app: Flask, sandbox: Sandbox) -> None:
    organization, other = a_payer()[0], a_payer()[0]
    details.save(organization, HARBOR, 0, OWNER)
    db.session.commit()
    for one in (organization, other):
        stripe_sync.sync_to_stripe(one.id)
    assert sandbox.stripe.v1.customers.retrieve(other.stripe_customer_id or "").name == other.name

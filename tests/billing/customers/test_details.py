"""Billed to: checked by the rules of each kind, told to Stripe, and on invoices from then on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from app.billing.cards import payment_methods
from app.billing.customers import details, documents, stripe_sync, tax_ids
from app.billing.customers import queries as customer_queries
from app.billing.customers.details import ChangedMeanwhileError
from app.billing.customers.entering import Details, DetailsError
from app.billing.customers.tax_ids import KINDS, TaxIdError
from app.extensions import db
from tests.factories import OWNER, a_payer, an_organization
from tests.support.plans import sell_plans, switch_to
from tests.support.sandbox import Sandbox, work_through

HARBOR = Details(
    legal_name="Harbor Dental GmbH",
    line1="Hafenstraße 4",
    city="Hamburg",
    postal_code="20457",
    country="DE",
    tax_kind="eu_vat",
    tax_id="de 136 695 976",
    purchase_order="PO-4711",
    emails=("books@harbor.example", "Books@harbor.example", "cfo@harbor.example"),
)


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_each_kind_takes_its_example_and_no_other_digits(kind: tax_ids.TaxKind) -> None:
    assert tax_ids.normal(kind, f" {kind.example} ") == kind.example
    with pytest.raises(TaxIdError, match="look like"):
        tax_ids.normal(kind, "12")


def test_a_wrong_digit_is_told_apart_from_another_shape() -> None:
    with pytest.raises(TaxIdError, match="check digit"):
        tax_ids.normal(KINDS["eu_vat"], "DE136695975")


def test_they_are_kept_tidied_up_and_on_documents(app: Flask) -> None:
    organization = an_organization()
    details.save(organization, HARBOR, 0, OWNER)
    db.session.commit()
    kept, version = customer_queries.gather(organization)
    assert (kept.tax_id, kept.emails, version) == (
        "DE136695976",
        ("books@harbor.example", "cfo@harbor.example"),
        1,
    )
    assert documents.on_documents(organization) == [
        "Harbor Dental GmbH",
        "Hafenstraße 4",
        "20457 Hamburg",
        "Germany",
        "Tax ID: DE136695976",
        "Purchase order: PO-4711",
    ]


def test_in_america_the_town_comes_first(app: Flask) -> None:
    organization = an_organization("Harbor Dental")
    address = Details(line1="12 Pier St", city="Boston", region="MA", postal_code="02110", country="US")
    details.save(organization, address, 0, OWNER)
    assert documents.on_documents(organization) == [
        "Harbor Dental",
        "12 Pier St",
        "Boston, MA 02110",
        "United States",
    ]


def test_everything_that_is_wrong_is_said_at_once(app: Flask) -> None:
    wrong = replace(HARBOR, line1="", country="XX", tax_id="5", emails=("missing",), purchase_order="x" * 141)
    with pytest.raises(DetailsError) as refused:
        details.save(an_organization(), wrong, 0, OWNER)
    assert refused.value.problems.keys() == {"line1", "country", "tax_id", "emails", "purchase_order"}


def test_of_two_tabs_the_second_is_told(app: Flask) -> None:
    organization = an_organization()
    details.save(organization, HARBOR, 0, OWNER)
    with pytest.raises(ChangedMeanwhileError):
        details.save(organization, replace(HARBOR, city="Bremen"), 0, OWNER)


class TestAtStripe:
    def test_the_customer_has_them_and_so_do_invoices(self, app: Flask, sandbox: Sandbox) -> None:
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

    def test_another_tax_id_takes_the_place_of_the_one_before(self, app: Flask, sandbox: Sandbox) -> None:
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

    def test_a_customer_that_is_made_later_gets_them_too(self, app: Flask, sandbox: Sandbox) -> None:
        organization = an_organization()
        details.save(organization, HARBOR, 0, OWNER)
        db.session.commit()
        sell_plans()
        id_ = payment_methods.customer_of(organization, email=None)
        work_through(app)
        assert sandbox.stripe.v1.customers.retrieve(id_).name == "Harbor Dental GmbH"

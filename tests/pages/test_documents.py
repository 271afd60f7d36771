"""Receipts and invoices: at Stripe, whose addresses expire and so are asked for at each click."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from flask import Flask

from app.billing.cards import payment_methods
from app.billing.mail import outbox
from app.extensions import db
from app.models import Mail, Organization
from tests.factories import an_organization, at, usd
from tests.support import subscriptions
from tests.support.browsing import Visitor, links_of, text_of
from tests.support.invoices import issue_invoice
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox, deliver_all

NO_ONES = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app)


def an_invoice(organization: Organization, stripe_id: str = "") -> UUID:
    """An invoice at the stand-in, or one that only we know of by this id."""
    issued_at, customer_id = at("2026-09-01 08:00"), payment_methods.customer_of(organization, email=None)
    if not stripe_id:
        stripe_id = issue_invoice(customer_id, usd("99"), "Growth", on=issued_at, paid=True).id
    invoice = subscriptions.record_invoice(
        organization,
        stripe_id=stripe_id,
        number="HD-0007",
        description="Growth",
        amount=usd("99"),
        issued_at=issued_at,
        paid=True,
    )
    db.session.commit()
    return invoice.id


class TestReceipts:
    def test_a_paid_top_up_leads_to_its_receipt(self, owner: Owner, sandbox: Sandbox) -> None:
        top_up = owner.review()
        owner.pay(top_up)
        receipt = owner.get(f"{top_up}/receipt")
        assert (receipt.status_code, receipt.location) == (302, sandbox.charges()[0].receipt_url)

    def test_what_was_not_paid_has_none(self, owner: Owner) -> None:
        page = owner.get(f"{owner.review()}/receipt")
        assert page.status_code == 404
        assert "This top-up has no receipt." in text_of(page)

    def test_it_can_be_reached_from_the_paid_step_the_history_and_the_mail(
        self, owner: Owner, sandbox: Sandbox
    ) -> None:
        top_up = owner.review()
        owner.pay(top_up)
        receipt = f"{top_up}/receipt"
        assert receipt in links_of(owner.get(top_up).text)
        assert receipt in links_of(owner.get("/billing/wallet").text)
        (mail,) = db.session.scalars(db.select(Mail).filter_by(kind="charge"))
        slug = db.session.get_one(Organization, mail.org_id).slug
        assert f'href="http://localhost:8000{receipt}?org={slug}"' in outbox.as_read(mail).html

    def test_the_link_of_a_mail_asks_to_sign_in_and_goes_on_to_the_receipt(
        self, owner: Owner, sandbox: Sandbox
    ) -> None:
        top_up = owner.review()
        owner.pay(top_up)
        stranger = Visitor(owner.client.application.test_client())
        asked = stranger.get(f"{top_up}/receipt")
        came_for = parse_qs(urlsplit(asked.location).query)["next"][0]
        assert stranger.sign_in(owner.email, to=came_for).location == f"{top_up}/receipt"
        assert stranger.get(f"{top_up}/receipt").location == sandbox.charges()[0].receipt_url

    @pytest.mark.long
    def test_a_refunded_top_up_still_leads_to_it(self, owner: Owner, sandbox: Sandbox) -> None:
        top_up = owner.review()
        owner.pay(top_up)
        charge = sandbox.charges()[0]
        sandbox.stripe.v1.refunds.create({"charge": charge.id})
        deliver_all(owner.client.application, sandbox)
        assert f"{top_up}/receipt" in links_of(owner.get("/billing/wallet").text)
        assert owner.get(f"{top_up}/receipt").location == charge.receipt_url

    def test_a_declined_one_has_none(self, app: Flask, sandbox: Sandbox) -> None:
        owner = Owner(app, "pm_card_chargeCustomerFail")
        top_up = owner.review()
        owner.pay(top_up)
        assert owner.get(f"{top_up}/receipt").status_code == 404

    def test_a_charge_that_stripe_does_not_know_or_has_deleted(self, owner: Owner) -> None:
        top_up = owner.review()
        owner.pay(top_up)
        owner.top_ups()[0].charge_id = "ch_unknown"
        db.session.commit()
        page = owner.get(f"{top_up}/receipt")
        assert page.status_code == 404
        assert "This top-up has no receipt." in text_of(page)

    def test_another_organizations_is_not_there_and_says_where_it_may_be(
        self, app: Flask, owner: Owner
    ) -> None:
        theirs = Owner(app).review()
        page = owner.get(f"{theirs}/receipt")
        assert page.status_code == 404
        assert "If it belongs to another of your organizations, switch to that one" in text_of(page)

    def test_while_stripe_is_away(self, owner: Owner, sandbox: Sandbox) -> None:
        top_up = owner.review()
        owner.pay(top_up)
        sandbox.fail("GET /v1/charges/*", "500_before", times=3)
        page = owner.get(f"{top_up}/receipt")
        assert page.status_code == 503
        assert "didn't respond, so the receipt can't be shown." in text_of(page)


class TestInvoices:
    def test_an_invoice_leads_to_its_pdf(self, owner: Owner, sandbox: Sandbox) -> None:
        pdf = owner.get(f"/workplace/invoices/{an_invoice(owner.organization)}/pdf")
        assert pdf.status_code == 302
        assert pdf.location.startswith(f"{sandbox.url}/")
        assert pdf.location.endswith("/pdf")

    def test_the_list_shows_it(self, owner: Owner) -> None:
        invoice_id = an_invoice(owner.organization)
        page = owner.get("/workplace/invoices")
        assert f"/workplace/invoices/{invoice_id}/pdf" in links_of(page.text)
        assert "$99.00" in text_of(page)

    def test_another_organizations_is_not_there(self, owner: Owner) -> None:
        theirs = an_invoice(an_organization())
        for invoice_id in (theirs, NO_ONES):
            page = owner.get(f"/workplace/invoices/{invoice_id}/pdf")
            assert page.status_code == 404
            assert "There is no such invoice in this organization." in text_of(page)

    def test_one_without_a_pdf(self, owner: Owner, sandbox: Sandbox) -> None:
        draft = sandbox.stripe.v1.invoices.create({"customer": owner.organization.stripe_customer_id or ""})
        page = owner.get(f"/workplace/invoices/{an_invoice(owner.organization, draft.id)}/pdf")
        assert page.status_code == 404
        assert "This invoice has no PDF yet." in text_of(page)

    def test_one_that_stripe_does_not_know(self, owner: Owner) -> None:
        page = owner.get(f"/workplace/invoices/{an_invoice(owner.organization, 'in_unknown')}/pdf")
        assert page.status_code == 404
        assert "This invoice has no PDF yet." in text_of(page)

    def test_while_stripe_is_away(self, owner: Owner, sandbox: Sandbox) -> None:
        invoice_id = an_invoice(owner.organization)
        sandbox.fail("GET /v1/invoices/*", "drop_before", times=3)
        page = owner.get(f"/workplace/invoices/{invoice_id}/pdf")
        assert page.status_code == 503
        assert "didn't respond, so the invoice can't be shown." in text_of(page)

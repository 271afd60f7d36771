"""What Stripe says of invoices and customers: kept as it is now, in whatever order it is told."""

from __future__ import annotations

from itertools import permutations
from uuid import UUID

import pytest
import stripe
from flask import Flask
from sqlalchemy import text

from app.billing import topups
from app.billing.cards import payment_methods
from app.extensions import db
from app.models import EventState, Invoice, InvoiceStatus, Mail, Organization, PaymentMethod, TopUpStatus
from app.stripe_events.handling import HANDLERS
from tests.factories import OWNER, a_payer, a_stripe_card, an_organization, usd
from tests.support.database import behind_the_scenes
from tests.support.events import an_event, row_of, send
from tests.support.money import assert_ledger_matches, balance
from tests.support.sandbox import Sandbox, deliver_all, work_through


def issue(organization: Organization, sandbox: Sandbox, cents: int = 4900) -> str:
    """A finalized invoice over one item; its id."""
    api, customer = sandbox.stripe.v1, organization.stripe_customer_id or ""
    made = api.invoices.create({"customer": customer, "auto_advance": False, "currency": "usd"})
    api.invoice_items.create(
        {
            "customer": customer,
            "invoice": made.id,
            "amount": cents,
            "currency": "usd",
            "description": "Team plan",
        }
    )
    return api.invoices.finalize_invoice(made.id).id


def kept() -> Invoice:
    """The only invoice that we know, as it is now."""
    db.session.rollback()
    query = db.select(Invoice).execution_options(populate_existing=True)
    return db.session.execute(query).scalar_one()


def mails() -> int:
    return db.session.query(Mail).filter_by(kind="invoice_failed").count()


@pytest.mark.long
def test_an_invoice_is_kept_from_finalized_to_paid(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    invoice_id = issue(organization, sandbox)
    deliver_all(app, sandbox)
    found = kept()
    assert (found.status, found.amount, found.description) == (InvoiceStatus.OPEN, usd("49"), "Team plan")
    assert found.number.endswith("-0001")
    assert (found.failed_at, found.paid_with, found.paid_at) == (None, None, None)

    sandbox.stripe.v1.invoices.pay(invoice_id, {"payment_method": card.stripe_id})
    deliver_all(app, sandbox)
    assert kept().id == found.id
    assert kept().status is InvoiceStatus.PAID


@pytest.mark.long
def test_one_that_can_not_be_charged_is_kept_and_told_and_both_stay_when_it_is_paid(
    app: Flask, sandbox: Sandbox
) -> None:
    organization, card = a_payer()
    bad = a_stripe_card(organization, "pm_card_chargeCustomerFail")
    invoice_id = issue(organization, sandbox)
    with pytest.raises(stripe.CardError):
        sandbox.stripe.v1.invoices.pay(invoice_id, {"payment_method": bad.stripe_id})
    deliver_all(app, sandbox)
    first = kept().failed_at
    assert first
    assert kept().status is InvoiceStatus.OPEN
    assert mails() == 1

    sandbox.stripe.v1.invoices.pay(invoice_id, {"payment_method": card.stripe_id})
    deliver_all(app, sandbox)
    assert (kept().status, kept().failed_at) == (InvoiceStatus.PAID, first)


def test_a_voided_one_is_kept_as_void(app: Flask, sandbox: Sandbox) -> None:
    organization, _ = a_payer()
    sandbox.stripe.v1.invoices.void_invoice(issue(organization, sandbox))
    deliver_all(app, sandbox)
    assert kept().status is InvoiceStatus.VOID


def test_any_order_ends_the_same(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    bad = a_stripe_card(organization, "pm_card_chargeCustomerFail")
    invoice_id = issue(organization, sandbox)
    with pytest.raises(stripe.CardError):
        sandbox.stripe.v1.invoices.pay(invoice_id, {"payment_method": bad.stripe_id})
    sandbox.stripe.v1.invoices.pay(invoice_id, {"payment_method": card.stripe_id})
    for order in permutations(("invoice.finalized", "invoice.payment_failed", "invoice.paid")):
        with behind_the_scenes() as connection:
            connection.execute(text("DELETE FROM invoice"))
        for type_ in order:
            assert HANDLERS[type_](invoice_id)
            db.session.commit()
        assert kept().status is InvoiceStatus.PAID
        assert kept().failed_at
        # The card that paid, and not the one that was declined.
        assert (kept().paid_with, kept().charged_micro) == (card.stripe_id, usd("49").micro)
        assert kept().paid_at
    assert mails() == 0, "it was paid before anybody could be told"


def test_a_draft_and_someone_elses_invoice_are_not_kept(app: Flask, sandbox: Sandbox) -> None:
    organization, _ = a_payer()
    draft = sandbox.stripe.v1.invoices.create({"customer": organization.stripe_customer_id or ""})
    stranger = sandbox.stripe.v1.customers.create({"name": "Someone else"})
    theirs = sandbox.stripe.v1.invoices.create({"customer": stranger.id})
    sandbox.stripe.v1.invoices.finalize_invoice(theirs.id)
    for invoice_id in (draft.id, theirs.id):
        event = an_event("invoice.finalized", invoice_id)
        send(app.test_client(), event)
        work_through(app)
        assert row_of(event["id"]).state is EventState.IGNORED
    assert db.session.query(Invoice).count() == 0


class TestDeletedCustomers:
    """A customer deleted in Stripe's dashboard: forgotten with its cards, and a new one is made at the next card."""

    @pytest.fixture
    def payer(self, app: Flask, sandbox: Sandbox) -> tuple[Organization, PaymentMethod]:
        organization, card = a_payer()
        topups.pay(organization, begin(organization, card), card.id, OWNER)
        sandbox.stripe.v1.customers.delete(organization.stripe_customer_id or "")
        return organization, card

    @pytest.mark.long
    def test_the_organization_goes_on_with_a_new_one(
        self, app: Flask, sandbox: Sandbox, payer: tuple[Organization, PaymentMethod]
    ) -> None:
        organization, _ = payer
        former = organization.stripe_customer_id
        deliver_all(app, sandbox)
        db.session.refresh(organization)
        assert organization.stripe_customer_id is None
        assert organization.former_customer_ids == [former]
        assert payment_methods.saved(organization.id) == []
        assert balance(organization) == "50.00"

        card = a_stripe_card(organization)
        assert organization.stripe_customer_id not in {None, former}
        paid = topups.pay(organization, begin(organization, card), card.id, OWNER)
        assert paid.status is TopUpStatus.SUCCEEDED
        deliver_all(app, sandbox)
        assert balance(organization) == "100.00"
        assert_ledger_matches(organization, sandbox)

    def test_news_of_its_payments_and_invoices_still_arrive(
        self, app: Flask, sandbox: Sandbox, payer: tuple[Organization, PaymentMethod]
    ) -> None:
        organization, _ = payer
        deliver_all(app, sandbox)
        charge = sandbox.charges()[0]
        sandbox.stripe.v1.refunds.create({"charge": charge.id, "amount": 2000})
        deliver_all(app, sandbox)
        assert balance(organization) == "30.00"

    def test_the_news_twice_changes_nothing_more(
        self, app: Flask, sandbox: Sandbox, payer: tuple[Organization, PaymentMethod]
    ) -> None:
        organization, _ = payer
        former = organization.stripe_customer_id or ""
        for type_ in ("customer.deleted", "customer.updated"):
            HANDLERS[type_](former)
            db.session.commit()
        assert organization.former_customer_ids == [former]


def test_a_customer_that_merely_changed_is_left_alone(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    customer_id = organization.stripe_customer_id or ""
    sandbox.stripe.v1.customers.update(customer_id, {"name": "New name"})
    deliver_all(app, sandbox)
    assert organization.stripe_customer_id == customer_id
    assert [one.id for one in payment_methods.saved(organization.id)] == [card.id]


def test_a_customer_that_the_key_does_not_know_is_not_taken_for_deleted(app: Flask, sandbox: Sandbox) -> None:
    organization = an_organization()
    organization.stripe_customer_id = "cus_of_another_account"
    db.session.commit()
    event = an_event("customer.deleted", "cus_of_another_account")
    send(app.test_client(), event)
    work_through(app)
    assert row_of(event["id"]).state is EventState.IGNORED
    db.session.refresh(organization)
    assert organization.stripe_customer_id == "cus_of_another_account"


def test_a_setup_that_failed_leaves_the_cards_as_they_are(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    setup = sandbox.stripe.v1.setup_intents.create({"customer": organization.stripe_customer_id or ""})
    event = an_event("setup_intent.setup_failed", setup.id)
    send(app.test_client(), event)
    work_through(app)
    assert row_of(event["id"]).state is EventState.IGNORED
    assert [one.id for one in payment_methods.saved(organization.id)] == [card.id]


def begin(organization: Organization, card: PaymentMethod) -> UUID:
    top_up = topups.begin(organization, usd("50"), card.id, OWNER)
    db.session.commit()
    return top_up.id

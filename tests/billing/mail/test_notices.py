"""What billing recipients are told: each thing once, in the same transaction as the thing itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
import stripe
from flask import Flask

from app.billing import topups
from app.billing.mail import outbox
from app.billing.topups import queries, refunds, settlement
from app.billing.wallet import calling_state, ledger
from app.billing.wallet.ledger import Entry
from app.clock import utc_now
from app.extensions import db
from app.models import AccountName, Mail, MailState, Organization, PaymentMethod, TopUp, TransferKind
from app.payments import charging
from app.payments import refunds as stripe_refunds
from tests.factories import OWNER, a_payer, a_person, a_stripe_card, give_credit, usd
from tests.support.invoices import issue_invoice
from tests.support.money import the_top_up
from tests.support.sandbox import Sandbox, deliver_all, work_through


def pay(organization: Organization, card: PaymentMethod, amount: str = "50") -> TopUp:
    top_up = topups.begin(organization, usd(amount), card.id, OWNER)
    return topups.pay(organization, top_up.id, card.id, OWNER)


def told(organization: Organization) -> list[str]:
    """The kinds of mail in the outbox, in order."""
    return [mail.kind for mail in mails(organization)]


def mails(organization: Organization) -> list[Mail]:
    db.session.rollback()
    query = db.select(Mail).filter_by(org_id=organization.id).order_by(Mail.created_at, Mail.id)
    return list(db.session.scalars(query, execution_options={"populate_existing": True}))


def words_of(mail: Mail) -> str:
    """The plain text in one line: paragraphs are wrapped."""
    return " ".join(outbox.as_read(mail).text.split())


def refuse(top_up: TopUp, code: str) -> None:
    """Let the attempt to pay a top-up be declined with this code."""
    with queries.locked(top_up.org_id, top_up.id) as (wallet, locked):
        settlement.refuse(wallet, locked, code)


class TestCharges:
    def test_a_charge_has_one_notice_no_matter_who_settles_it(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        top_up = pay(organization, card)
        deliver_all(app, sandbox)
        topups.refresh(organization, top_up.id, OWNER)
        assert told(organization) == ["charge"]

    def test_it_says_how_much_which_card_what_it_means_and_where_the_receipt_is(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        organization, card = a_payer()
        top_up = pay(organization, card)
        (mail,) = mails(organization)
        words = words_of(mail)
        assert "Card: Visa ending in 4242" in words and "$50.00 was added to your wallet" in words
        assert "Calling has resumed" in words
        assert f"http://localhost:8000/billing/wallet/top-ups/{top_up.id}/receipt" in words

    def test_where_credit_stays_below_zero_it_says_what_brings_calling_back(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        organization, card = a_payer()
        owe(organization, "70.50")
        pay(organization, card)
        words = words_of(mails(organization)[0])
        assert "Calling is still paused" in words
        assert "Top up $20.51 or more to resume calling." in words

    def test_no_mail_is_written_where_the_transaction_ends_without_the_change(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        organization, card = a_payer()
        top_up = topups.begin(organization, usd("50"), card.id, OWNER)
        db.session.commit()
        customer = organization.stripe_customer_id or ""
        payment = charging.charge(topups.requests.charge_request(organization, top_up, card, customer))
        with pytest.raises(ZeroDivisionError), queries.locked(organization.id, top_up.id) as (wallet, locked):
            settlement.apply(wallet, locked, payment, OWNER)
            raise ZeroDivisionError
        assert told(organization) == []
        work_through(app)
        assert told(organization) == []

    def test_what_counts_as_of_long_ago_is_not_told(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        top_up = topups.begin(organization, usd("50"), card.id, OWNER)
        customer = organization.stripe_customer_id or ""
        payment = charging.charge(topups.requests.charge_request(organization, top_up, card, customer))
        topups.settle(organization.id, top_up.id, payment, OWNER, at=utc_now() - timedelta(days=20))
        db.session.commit()
        assert told(organization) == []


class TestFailedPayments:
    def test_each_attempt_that_the_bank_declined_is_told_once(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer("pm_card_chargeCustomerFail")
        top_up = pay(organization, card)
        deliver_all(app, sandbox)
        topups.refresh(organization, top_up.id, OWNER)
        assert told(organization) == ["payment_failed"]
        topups.pay(organization, top_up.id, card.id, OWNER)
        deliver_all(app, sandbox)
        assert told(organization) == ["payment_failed"] * 2

    def test_then_the_charge_with_another_card(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer("pm_card_chargeCustomerFail")
        other = a_stripe_card(organization)
        top_up = pay(organization, card)
        topups.pay(organization, top_up.id, other.id, OWNER)
        assert told(organization) == ["payment_failed", "charge"]

    def test_it_says_why_and_what_to_do(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer("pm_card_chargeCustomerFail")
        top_up = pay(organization, card)
        words = words_of(mails(organization)[0])
        assert "Nothing was charged, and nothing was added to your wallet" in words
        assert "Use another card" in words
        assert f"/billing/wallet/top-ups/{top_up.id}" in words

    def test_an_old_one_learned_late_is_not_told(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer("pm_card_chargeCustomerFail")
        top_up = topups.begin(organization, usd("50"), card.id, OWNER)
        top_up.claimed_at = utc_now() - timedelta(days=8)
        refuse(top_up, "generic_decline")
        db.session.commit()
        assert told(organization) == []

    def test_a_stolen_card_is_told_as_a_plain_decline(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        top_up = topups.begin(organization, usd("50"), card.id, OWNER)
        refuse(top_up, "stolen_card")
        db.session.commit()
        (mail,) = mails(organization)
        said = words_of(mail) + outbox.as_read(mail).html + str(mail.facts)
        assert "without giving a reason" in said
        assert "stolen" not in said


class TestRefunds:
    def test_a_refund_is_told_once_with_what_is_left(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        top_up = pay(organization, card)
        sandbox.stripe.v1.refunds.create({"payment_intent": top_up.payment_intent_id or "", "amount": 2000})
        for _ in range(2):
            deliver_all(app, sandbox)
        assert told(organization) == ["charge", "refund"]
        words = words_of(mails(organization)[1])
        assert "Part of a top-up is being returned to its card." in words
        assert "Top-up: $50.00 Refunded to: Visa ending in 4242" in words
        assert "Available credit: $30.00" in words

    def test_a_refund_that_comes_back_is_told_too(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        intent = pay(organization, card).payment_intent_id or ""
        refund = stripe_refunds.create(intent, usd("20"), key="refund")
        refunds.apply(refund)
        db.session.commit()
        sandbox.control.settle_refund(refund.id, "fail")
        for _ in range(2):
            refunds.apply(stripe_refunds.fetch(refund.id))
            db.session.commit()
        assert told(organization) == ["charge", "refund", "refund_returned"]
        assert "The card's bank rejected the refund" in words_of(mails(organization)[2])


class TestInvoices:
    def test_a_failed_charge_is_told_once_however_often_it_is_tried_by_hand(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        organization, card = a_payer("pm_card_chargeCustomerFail")
        invoice = issue_invoice(
            organization.stripe_customer_id or "", usd("99"), "Growth plan", on=utc_now(), paid=False
        )
        for _ in range(2):
            with pytest.raises(stripe.CardError):
                sandbox.stripe.v1.invoices.pay(invoice.id, {"payment_method": card.stripe_id})
            for _ in range(2):
                deliver_all(app, sandbox)
        assert told(organization) == ["invoice_failed"]
        (mail,) = mails(organization)
        assert "The invoice for Growth plan couldn't be charged" in words_of(mail)
        assert f"Invoice: {invoice.number}" in words_of(mail)

    def test_each_retry_that_fails_is_told(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        v1, customer = sandbox.stripe.v1, organization.stripe_customer_id or ""
        price = v1.prices.create(
            {
                "currency": "usd",
                "unit_amount": 9900,
                "recurring": {"interval": "month"},
                "product_data": {"name": "Growth"},
            }
        )
        v1.customers.update(customer, {"invoice_settings": {"default_payment_method": card.stripe_id}})
        v1.subscriptions.create({"customer": customer, "items": [{"price": price.id}]})
        sandbox.control.set_bank_answer(card.stripe_id, "declines")
        for _ in range(4):  # the draft, and three attempts
            sandbox.control.move_to_next(customer)
            deliver_all(app, sandbox)
        assert told(organization) == ["invoice_failed"] * 3

    def test_one_that_was_paid_meanwhile_is_not(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer("pm_card_chargeCustomerFail")
        invoice = issue_invoice(
            organization.stripe_customer_id or "", usd("99"), "Growth plan", on=utc_now(), paid=False
        )
        with pytest.raises(stripe.CardError):
            sandbox.stripe.v1.invoices.pay(invoice.id, {"payment_method": card.stripe_id})
        sandbox.stripe.v1.invoices.pay(invoice.id, {"paid_out_of_band": True})
        deliver_all(app, sandbox)
        assert told(organization) == []


def test_the_worker_sends_what_was_written(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    owner = a_person(organization=organization)
    pay(organization, card)
    work_through(app)
    (mail,) = mails(organization)
    assert mail.state is MailState.SENT
    assert mail.delivered_to == [owner.email]
    assert the_top_up(organization).settled_at is not None


def owe(organization: Organization, amount: str) -> None:
    """Let usage have cost more than there was."""
    give_credit(organization, "1")
    wallet = ledger.lock(organization.id)
    cost = usd(amount) + usd("1")
    entry = Entry(
        TransferKind.ADJUSTMENT, "owed", AccountName.WALLET, AccountName.ADJUSTMENTS, cost, utc_now()
    )
    ledger.post(wallet, entry)
    calling_state.reassess(wallet, utc_now())
    db.session.commit()

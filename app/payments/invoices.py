"""Invoices at Stripe."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import stripe

from app.language import marked
from app.money import Money
from app.payments import invoice_sums
from app.payments.client import stripe_client
from app.payments.errors import DeclinedError, translated
from app.payments.invoice_sums import Sums
from app.payments.references import id_of
from app.payments.statuses import InvoicePaymentStatus, StripeInvoiceStatus
from app.payments.timestamps import to_datetime


@dataclass(frozen=True, slots=True)
class CardPayment:
    """What was charged to a card for an invoice, and when; `method_id` is the card's payment method."""

    method_id: str
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class StripeInvoice:
    """`due` is what is left of its `total`.

    `period` is the period of its lines, from the earliest start to the latest end; None if they have none. `attempts`
    counts the attempts to charge it, and `next_try_at` is when Stripe makes the next one, if any. `sums` is the
    breakdown. `paid` is the card's payment; None if no card has paid.
    """

    id: str
    number: str
    customer_id: str | None
    description: str
    status: StripeInvoiceStatus
    issued_at: datetime
    total: Money
    due: Money
    attempts: int
    next_try_at: datetime | None
    period: tuple[datetime, datetime] | None
    sums: Sums
    paid: CardPayment | None = None


_EXPANDED = [*invoice_sums.EXPANDED, "payments.data.payment.payment_intent"]


def fetch(invoice_id: str) -> StripeInvoice:
    """An invoice as it is now. Raises `OutcomeUnknownError`, `NotDoneError`, `RefusedError`."""
    with translated():
        invoice = stripe_client().v1.invoices.retrieve(invoice_id, {"expand": _EXPANDED})
        sums = invoice_sums.read(invoice)
    currency = invoice.currency.upper()
    return StripeInvoice(
        id=invoice.id,
        number=invoice.number or invoice.id,
        customer_id=id_of(invoice.customer),
        description=invoice.description or _main_line(invoice) or marked("your plan"),
        status=StripeInvoiceStatus(invoice.status or "draft"),
        issued_at=_issued_at(invoice),
        total=Money.from_minor(invoice.total, currency),
        due=Money.from_minor(invoice.amount_remaining, currency),
        attempts=invoice.attempt_count,
        next_try_at=to_datetime(invoice.next_payment_attempt) if invoice.next_payment_attempt else None,
        period=_period(invoice),
        sums=sums,
        paid=_card_payment(invoice),
    )


def payment_of(invoice_id: str) -> str | None:
    """The payment intent of an invoice; None if there is none. Raises as `fetch` does.

    https://docs.stripe.com/api/invoices/object#invoice_object-payments
    """
    with translated():
        invoice = stripe_client().v1.invoices.retrieve(invoice_id, {"expand": ["payments"]})
    for one in invoice.payments.data if invoice.payments else ():
        if one.payment.type == "payment_intent" and one.status != InvoicePaymentStatus.CANCELED:
            return id_of(one.payment.payment_intent)
    return None


def pay_with(invoice_id: str, payment_method_id: str) -> str:
    """Charge an invoice that was never attempted to this card; returns its payment intent. Raises as `fetch` does.

    https://docs.stripe.com/api/invoices/pay. A decline, or a required confirmation, shows in the payment intent.
    """
    with suppress(DeclinedError), translated():
        stripe_client().v1.invoices.pay(invoice_id, {"payment_method": payment_method_id})
    return payment_of(invoice_id) or ""


def void(invoice_id: str) -> None:
    """Void an unpaid invoice, and with it a change of plan that is waiting for it. Raises as `fetch` does.

    https://docs.stripe.com/billing/subscriptions/pending-updates#canceling-changing
    """
    with translated():
        stripe_client().v1.invoices.void_invoice(invoice_id)


def paid_by(payment_intent_id: str) -> str | None:
    """The invoice that a payment intent pays; None if it was created by us for a top-up. Raises as `fetch` does.

    https://docs.stripe.com/api/invoice-payment/list
    """
    payment: stripe.params.InvoicePaymentListParamsPayment = {
        "type": "payment_intent",
        "payment_intent": payment_intent_id,
    }
    with translated():
        found = stripe_client().v1.invoice_payments.list({"payment": payment, "limit": 1}).data
    return id_of(found[0].invoice) if found else None


def _card_payment(invoice: stripe.Invoice) -> CardPayment | None:
    """The newest payment that succeeded, by the card of its payment intent.

    https://docs.stripe.com/api/invoice-payment/object, https://docs.stripe.com/api/payment_intents/object
    """
    found = [
        CardPayment(
            method,
            Money.from_minor(one.amount_paid, one.currency.upper()),
            to_datetime(one.status_transitions.paid_at),
        )
        for one in (invoice.payments.data if invoice.payments else ())
        if one.status == InvoicePaymentStatus.PAID and one.amount_paid and one.status_transitions.paid_at
        if isinstance(intent := one.payment.payment_intent, stripe.PaymentIntent)
        if (method := id_of(intent.payment_method))
    ]
    return max(found, key=lambda payment: payment.at, default=None)


def _main_line(invoice: stripe.Invoice) -> str | None:
    """The line that an invoice is for: its largest charge. A switch's invoice begins with the credit for the old
    plan."""
    return max(invoice.lines.data, key=lambda line: line.amount).description if invoice.lines.data else None


def _period(invoice: stripe.Invoice) -> tuple[datetime, datetime] | None:
    periods = [line.period for line in invoice.lines.data if line.period.end > line.period.start]
    if not periods:
        return None
    start, end = min(one.start for one in periods), max(one.end for one in periods)
    return to_datetime(start), to_datetime(end)


def _issued_at(invoice: stripe.Invoice) -> datetime:
    finalized = invoice.status_transitions.finalized_at
    return to_datetime(invoice.effective_at or finalized or invoice.created)

"""Invoices, as Stripe knows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from app.billing.money import Money
from app.payments.client import stripe_client
from app.payments.errors import translated
from app.payments.references import id_of


@dataclass(frozen=True, slots=True)
class StripeInvoice:
    """`status` is Stripe's: `draft`, `open`, `paid`, `void` or `uncollectible`. `due` is what is left to pay.

    `attempts` counts the tries to charge it, and `next_try_at` is when Stripe makes the next one, if it does.
    """

    id: str
    number: str
    customer_id: str | None
    description: str
    status: str
    due: Money
    attempts: int
    next_try_at: datetime | None


def fetch(invoice_id: str) -> StripeInvoice:
    """An invoice as it is now. Raises `OutcomeUnknownError`, `NotDoneError`, `RefusedError`."""
    with translated():
        invoice = stripe_client().v1.invoices.retrieve(invoice_id)
    return StripeInvoice(
        id=invoice.id,
        number=invoice.number or invoice.id,
        customer_id=id_of(invoice.customer),
        description=invoice.description or "your plan",
        status=invoice.status or "draft",
        due=Money.from_minor(invoice.amount_remaining, invoice.currency.upper()),
        attempts=invoice.attempt_count,
        next_try_at=datetime.fromtimestamp(invoice.next_payment_attempt, UTC)
        if invoice.next_payment_attempt
        else None,
    )

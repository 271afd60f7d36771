"""What Stripe will charge for a plan next (https://docs.stripe.com/api/invoices/create_preview)."""

from __future__ import annotations

from app.payments import invoice_sums
from app.payments.client import stripe_client
from app.payments.errors import RefusedError, translated
from app.payments.invoice_sums import Sums

_NONE = "invoice_upcoming_none"
"""Stripe's word where no invoice is coming (https://docs.stripe.com/error-codes#invoice-upcoming-none)."""


def of(subscription_id: str) -> Sums | None:
    """The next invoice of a subscription, with the price, quantity, discounts and taxes that it will have.

    None where none is coming, because the subscription ends before. Nothing is changed.
    Raises `OutcomeUnknownError`, `NotDoneError`, `RefusedError`.
    """
    try:
        with translated():
            invoice = stripe_client().v1.invoices.create_preview(
                {"subscription": subscription_id, "expand": invoice_sums.EXPANDED}
            )
            return invoice_sums.read(invoice) if invoice.lines.data else None
    except RefusedError as error:
        if error.code == _NONE:
            return None
        raise

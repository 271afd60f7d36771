"""What Stripe will charge for a plan next (https://docs.stripe.com/api/invoices/create_preview)."""

from __future__ import annotations

import stripe

from app.payments import invoice_sums, period_previews
from app.payments.client import stripe_client
from app.payments.errors import RefusedError, translated
from app.payments.invoice_sums import Sums
from app.payments.timestamps import to_datetime

_NONE = "invoice_upcoming_none"
"""Stripe's code if there is no upcoming invoice (https://docs.stripe.com/error-codes#invoice-upcoming-none)."""


def fetch_upcoming(subscription_id: str) -> Sums | None:
    """The next invoice of a subscription, with the price, quantity, discounts and taxes that it will have.

    None if there is none, because the subscription ends before. Nothing is changed. Raises `OutcomeUnknownError`,
    `NotDoneError`, `RefusedError`.
    """
    params: stripe.params.InvoiceCreatePreviewParams = {
        "subscription": subscription_id,
        "expand": invoice_sums.EXPANDED,
    }
    try:
        with translated():
            client = stripe_client().v1.invoices
            invoice = client.create_preview(params)
            begins = [line.period.start for line in invoice.lines.data if not invoice_sums.is_proration(line)]
            at = to_datetime(max(begins, default=invoice.created))
            if period_previews.leave_out_ended(params, invoice, at, uses_up=False):
                invoice = client.create_preview(params)
            return invoice_sums.read(invoice) if invoice.lines.data else None
    except RefusedError as error:
        if error.code == _NONE:
            return None
        raise

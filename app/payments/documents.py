"""Receipts and invoices that Stripe keeps. Their addresses are asked for at each click, because they expire."""

from __future__ import annotations

from app.payments.client import stripe_client
from app.payments.errors import translated


def receipt_url(charge_id: str) -> str | None:
    """Where the receipt of a charge can be read. Raises `OutcomeUnknownError`, `NotDoneError`, `RefusedError`."""
    with translated():
        return stripe_client().v1.charges.retrieve(charge_id).receipt_url


def invoice_pdf_url(invoice_id: str) -> str | None:
    """Where the PDF of an invoice can be downloaded. Raises as `receipt_url` does."""
    with translated():
        return stripe_client().v1.invoices.retrieve(invoice_id).invoice_pdf

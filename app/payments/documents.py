"""Receipts and invoices that Stripe keeps. Their addresses are asked for at each click, because they expire."""

from __future__ import annotations

from collections.abc import Callable

from app.payments.client import stripe_client
from app.payments.errors import RefusedError, translated


def receipt_url(charge_id: str) -> str | None:
    """Where the receipt of a charge can be read; None where Stripe has none.

    Raises `OutcomeUnknownError`, `NotDoneError`, `RefusedError`.
    """
    return _if_known(lambda: stripe_client().v1.charges.retrieve(charge_id).receipt_url)


def invoice_pdf_url(invoice_id: str) -> str | None:
    """Where the PDF of an invoice can be downloaded; None where Stripe has none. Raises as `receipt_url` does."""
    return _if_known(lambda: stripe_client().v1.invoices.retrieve(invoice_id).invoice_pdf)


def invoice_page_url(invoice_id: str) -> str | None:
    """Where an invoice can be read, and paid while it is open; None where Stripe has no such page. Raises as
    `receipt_url` does."""
    return _if_known(lambda: stripe_client().v1.invoices.retrieve(invoice_id).hosted_invoice_url)


def _if_known(address: Callable[[], str | None]) -> str | None:
    try:
        with translated():
            return address()
    except RefusedError as error:
        if error.code == "resource_missing":
            return None
        raise

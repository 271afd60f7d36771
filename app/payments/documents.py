"""Receipts and invoices hosted by Stripe. Their URLs expire, so they are fetched on each click."""

from __future__ import annotations

from collections.abc import Callable

from app.payments.client import stripe_client
from app.payments.errors import RefusedError, translated


def receipt_url(charge_id: str) -> str | None:
    """The URL of the receipt of a charge; None if Stripe has none.

    Raises `OutcomeUnknownError`, `NotDoneError`, `RefusedError`.
    """
    return _if_known(lambda: stripe_client().v1.charges.retrieve(charge_id).receipt_url)


def invoice_pdf_url(invoice_id: str) -> str | None:
    """The URL of the PDF of an invoice; None if Stripe has none. Raises as `receipt_url` does."""
    return _if_known(lambda: stripe_client().v1.invoices.retrieve(invoice_id).invoice_pdf)


def invoice_page_url(invoice_id: str) -> str | None:
    """The URL of the hosted invoice page, where an open invoice can be paid; None if Stripe has none. Raises
    as `receipt_url` does."""
    return _if_known(lambda: stripe_client().v1.invoices.retrieve(invoice_id).hosted_invoice_url)


def _if_known(address: Callable[[], str | None]) -> str | None:
    try:
        with translated():
            return address()
    except RefusedError as error:
        if error.code == "resource_missing":
            return None
        raise

"""Stripe's invoices, as they are stored here."""

from __future__ import annotations

from app.billing.invoices.records import (
    InvoiceView,
    UnknownInvoiceError,
    find,
    newest,
    upsert,
)

__all__ = [
    "InvoiceView",
    "UnknownInvoiceError",
    "find",
    "listing",
    "newest",
    "packed_sums",
    "upsert",
]

"""Stripe's invoices, as they are stored here."""

from __future__ import annotations

from app.billing.invoices.records import (
    InvoiceView,
    UnknownInvoiceError,
    find,
    label_of,
    newest,
    upsert,
)

__all__ = [
    "InvoiceView",
    "UnknownInvoiceError",
    "find",
    "label_of",
    "listing",
    "newest",
    "packed_sums",
    "upsert",
]

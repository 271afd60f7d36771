"""What Stripe invoiced, as it is known here."""

from __future__ import annotations

from app.billing.invoices.records import (
    InvoiceView,
    UnknownInvoiceError,
    find,
    keep,
    newest,
)

__all__ = [
    "InvoiceView",
    "UnknownInvoiceError",
    "find",
    "keep",
    "listing",
    "newest",
    "packed_sums",
]

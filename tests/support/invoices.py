"""Invoices that no subscription has made, issued at Stripe's stand-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.money import Money
from app.payments.client import stripe_client
from app.payments.errors import translated


@dataclass(frozen=True, slots=True)
class SampleInvoice:
    id: str
    number: str


def issue_invoice(
    customer_id: str, amount: Money, description: str, *, on: datetime, paid: bool
) -> SampleInvoice:
    """Issue an invoice dated `on`, marked as paid elsewhere where `paid`. Raises as `attach_card` does."""
    with translated():
        api = stripe_client().v1
        invoice = api.invoices.create(
            {
                "customer": customer_id,
                "auto_advance": False,
                "collection_method": "charge_automatically",
                "currency": amount.currency.lower(),
                "description": description,
                "effective_at": int(on.timestamp()),
            }
        )
        api.invoice_items.create(
            {
                "customer": customer_id,
                "invoice": invoice.id,
                "amount": amount.minor,
                "currency": amount.currency.lower(),
                "description": description,
            }
        )
        invoice = api.invoices.finalize_invoice(invoice.id, {"auto_advance": False})
        if paid:
            invoice = api.invoices.pay(invoice.id, {"paid_out_of_band": True})
    return SampleInvoice(invoice.id, invoice.number or invoice.id)

"""Invoices of single items."""

from __future__ import annotations

import stripe

from stripe_sandbox.tests.support.shopper import Shopper


def drafted(shopper: Shopper, description: str = "Setup (one-off)", amount: int = 2500) -> stripe.Invoice:
    invoice = shopper.v1.invoices.create({"customer": shopper.id, "auto_advance": False, "currency": "usd"})
    shopper.v1.invoice_items.create(
        {
            "customer": shopper.id,
            "invoice": invoice.id,
            "amount": amount,
            "currency": "usd",
            "description": description,
        }
    )
    return shopper.v1.invoices.retrieve(invoice.id)


def finalized(shopper: Shopper) -> stripe.Invoice:
    return shopper.v1.invoices.finalize_invoice(drafted(shopper).id)

"""The resources of the API. Importing them registers what serves each operation."""

from stripe_sandbox.resources import (
    balance_transactions,
    balances,
    charges,
    customers,
    disputes,
    events,
    invoice_items,
    invoice_payments,
    invoices,
    payment_intents,
    payment_methods,
    prices,
    products,
    refunds,
    setup_intents,
    webhook_endpoints,
)

__all__ = [
    "balance_transactions",
    "balances",
    "charges",
    "customers",
    "disputes",
    "events",
    "invoice_items",
    "invoice_payments",
    "invoices",
    "payment_intents",
    "payment_methods",
    "prices",
    "products",
    "refunds",
    "setup_intents",
    "webhook_endpoints",
]

"""Customers, what they have in credit, and their tax ids."""

from stripe_sandbox.resources.customers import (
    customer_balances,
    customers,
    tax_ids,
)

__all__ = [
    "customer_balances",
    "customers",
    "tax_ids",
]

"""Stripe's customers: one for each organization."""

from __future__ import annotations

from uuid import UUID

import stripe

from app.payments.client import stripe_client
from app.payments.errors import translated


def create(org_id: UUID, *, name: str, email: str | None, lost: int = 0) -> str:
    """Make the organization's customer and return its id; the same organization never gets two at a time.

    `lost` is how many it had that were deleted: for the same idempotency key Stripe would tell of that one again.
    Raises `OutcomeUnknownError`, `NotDoneError`, `RefusedError`.
    """
    with translated():
        customer = stripe_client().v1.customers.create(
            {"name": name, "metadata": {"organization": str(org_id)}, **({"email": email} if email else {})},
            {"idempotency_key": f"customer:{org_id}:{lost}" if lost else f"customer:{org_id}"},
        )
    return customer.id


def is_deleted(customer_id: str) -> bool:
    """Whether a customer was deleted at Stripe, which goes on knowing its id. Raises as `create` does.

    https://docs.stripe.com/api/customers/delete
    """
    with translated():
        customer = stripe_client().v1.customers.retrieve(customer_id)
    return bool(getattr(customer, "deleted", False))


def set_default_card(customer_id: str, payment_method_id: str | None) -> None:
    """Let Stripe charge invoices to this card, or to none. Raises as `create` does.

    https://docs.stripe.com/api/customers/update#update_customer-invoice_settings-default_payment_method
    """
    chosen: stripe.params.CustomerUpdateParams = {
        "invoice_settings": {"default_payment_method": payment_method_id or ""}
    }
    with translated():
        stripe_client().v1.customers.update(customer_id, chosen)

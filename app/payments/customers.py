"""Stripe's customers: one for each organization."""

from __future__ import annotations

from uuid import UUID

from app.payments.client import stripe_client
from app.payments.errors import translated


def create(org_id: UUID, *, name: str, email: str | None) -> str:
    """Make the organization's customer and return its id; the same organization never gets two.

    Raises `OutcomeUnknownError`, `NotDoneError`, `RefusedError`.
    """
    with translated():
        customer = stripe_client().v1.customers.create(
            {"name": name, "metadata": {"organization": str(org_id)}, **({"email": email} if email else {})},
            {"idempotency_key": f"customer:{org_id}"},
        )
    return customer.id

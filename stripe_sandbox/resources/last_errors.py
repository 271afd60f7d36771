"""The errors that intents remember."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.conformance.blank import fields_of
from stripe_sandbox.conformance.reader import shape_of_class


def build(
    owner: str,
    name: str,
    code: str,
    message: str,
    decline: str | None,
    method: dict[str, Any],
    charge: str | None = None,
) -> dict[str, Any]:
    """A `last_payment_error` or `last_setup_error` with all its fields."""
    shape = shape_of_class(owner)
    error = fields_of(shape.inner[name]) if shape else {}
    is_card = not code.endswith("authentication_failure")
    error.update(
        code=code,
        decline_code=decline,
        doc_url=f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}",
        message=message,
        payment_method=method,
        type="card_error" if is_card else "invalid_request_error",
    )
    if charge and "charge" in error:
        error["charge"] = charge
    return error

"""The errors that intents remember."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.conformance.blank import part_of
from stripe_sandbox.errors import Decline


def of_payment(decline: Decline, method: dict[str, Any], charge: str | None = None) -> dict[str, Any]:
    """A payment intent's `last_payment_error`."""
    error = _fill(part_of("PaymentIntent", "LastPaymentError"), decline, method)
    return {**error, "charge": charge}


def of_setup(decline: Decline, method: dict[str, Any]) -> dict[str, Any]:
    """A setup intent's `last_setup_error`."""
    return _fill(part_of("SetupIntent", "LastSetupError"), decline, method)


def _fill(error: dict[str, Any], decline: Decline, method: dict[str, Any]) -> dict[str, Any]:
    is_card = not decline.code.endswith("authentication_failure")
    return {
        **error,
        "code": decline.code,
        **decline.codes,
        "doc_url": f"https://stripe.com/docs/error-codes/{decline.code.replace('_', '-')}",
        "message": decline.message,
        "payment_method": method,
        "type": "card_error" if is_card else "invalid_request_error",
    }

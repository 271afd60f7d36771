"""What a subscription's invoices say besides their lines (https://docs.stripe.com/api/subscriptions/update)."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.context import Call

NAMES = ("custom_fields", "description", "footer")


def take(call: Call, body: dict[str, Any]) -> None:
    """Set what the call's parameters say of invoices; an empty value unsets."""
    said = call.params.get("invoice_settings", {})
    body["invoice_settings"] |= {name: said[name] or None for name in NAMES if name in said}


def on_invoice(subscription: dict[str, Any]) -> dict[str, Any]:
    """The same as an invoice has it, where it is set at all."""
    return {name: said for name in NAMES if (said := subscription["invoice_settings"][name])}

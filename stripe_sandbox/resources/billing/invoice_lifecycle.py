"""From draft to open to paid or void, whichever call makes it happen (https://docs.stripe.com/invoicing/overview)."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.clock import now
from stripe_sandbox.context import Call
from stripe_sandbox.resources.billing import invoice_charging, invoice_sums
from stripe_sandbox.resources.common import find

OWED = ("open", "uncollectible")
"""The states in which an invoice can be paid or voided (https://docs.stripe.com/invoicing/overview#invoice-statuses)."""


def finalize(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Give a draft its number and its addresses, and apply the customer's balance; from now on it can be paid.

    Where a customer's location isn't known by now, automatic tax is switched off for this invoice
    (`automatic_tax.disabled_reason` in the SDK's text of `Invoice`).
    """
    at = now(call.store, body["customer"])
    if body["automatic_tax"]["status"] == "requires_location_inputs":
        reason = "finalization_requires_location_inputs"
        body["automatic_tax"] |= {"enabled": False, "disabled_reason": reason}
    invoice_sums.settle_balance(call, body)
    customer = find(call, "customer", body["customer"])
    body["number"] = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04}"
    customer["next_invoice_sequence"] += 1
    call.store.save(customer)
    if body["collection_method"] == "send_invoice" and body["due_date"] is None:
        body["due_date"] = at + _days_until_due(call, body) * 86_400
    body.update(
        status="open",
        automatically_finalizes_at=None,
        effective_at=body["effective_at"] or at,
        hosted_invoice_url=f"{call.settings.public_url}/_sandbox/invoices/{body['id']}",
        invoice_pdf=f"{call.settings.public_url}/_sandbox/invoices/{body['id']}/pdf",
    )
    body["status_transitions"]["finalized_at"] = at
    call.emit("invoice.finalized", call.store.save(body))
    return body


def _days_until_due(call: Call, body: dict[str, Any]) -> int:
    """30 days where neither the invoice nor its subscription says otherwise; that default is unverified."""
    details = body["parent"] and body["parent"]["subscription_details"]
    days = find(call, "subscription", details["subscription"])["days_until_due"] if details else None
    return 30 if days is None else int(days)


def paid(call: Call, body: dict[str, Any], *, charged: bool) -> dict[str, Any]:
    """Mark an invoice paid; `charged` is whether a payment took the money here."""
    if charged:
        body.update(amount_paid=body["amount_due"], amount_remaining=0)
    body.update(status="paid", attempted=True, next_payment_attempt=None)
    body["status_transitions"]["paid_at"] = now(call.store, body["customer"])
    call.emit("invoice.paid", call.store.save(body))
    if charged or body["amount_due"] == 0:
        call.emit("invoice.payment_succeeded", body)
    return body


def void(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Void an open invoice: no one owes it any more, nothing pays it, and the credit that it used comes back."""
    invoice_charging.give_up(call, body, "void_invoice")
    invoice_sums.give_balance_back(call, body)
    body.update(status="void", next_payment_attempt=None)
    body["status_transitions"]["voided_at"] = now(call.store, body["customer"])
    call.emit("invoice.voided", call.store.save(body))
    return body


def write_off(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Mark an open invoice uncollectible: no one tries to collect it, its owner can still pay it."""
    body.update(status="uncollectible", next_payment_attempt=None)
    body["status_transitions"]["marked_uncollectible_at"] = now(call.store, body["customer"])
    call.emit("invoice.marked_uncollectible", call.store.save(body))
    return body

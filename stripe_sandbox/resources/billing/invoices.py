"""Invoices of single items: drafted, finalized, paid or voided (https://docs.stripe.com/invoicing)."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.clock import now
from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources.billing import (
    discounts,
    invoice_charging,
    invoice_items,
    invoice_lifecycle,
    invoice_sums,
    subscription_settling,
    tax_rates,
)
from stripe_sandbox.resources.common import assign, find, listing
from stripe_sandbox.resources.customers import tax_ids
from stripe_sandbox.store import new_id

_PATH = "/v1/invoices"


@handles("POST", _PATH)
def create(call: Call) -> dict[str, Any]:
    customer = find(call, "customer", call.params.get("customer", ""), "customer")
    at = now(call.store, customer["id"])
    body = blank(
        "invoice",
        id=new_id("in"),
        created=at,
        attempt_count=0,
        attempted=False,
        auto_advance=call.params.get("auto_advance", False),
        billing_reason="manual",
        collection_method=call.params.get("collection_method", "charge_automatically"),
        currency=call.params.get("currency", "usd"),
        customer=customer["id"],
        effective_at=call.params.get("effective_at"),
        period_start=at,
        period_end=at,
        status="draft",
        test_clock=customer["test_clock"],
        **tax_ids.on_invoice(call, customer),
    )
    for name, value in body.items():
        if isinstance(value, dict) and name in {
            "payments",
            "confirmation_secret",
            "parent",
            "from_invoice",
            "rendering",
        }:
            body[name] = None
    assign(body, call.params, "description", "metadata", "footer")
    body["lines"]["url"] = f"{_PATH}/{body['id']}/lines"
    body["default_tax_rates"] = tax_rates.chosen(
        call, call.params.get("default_tax_rates", []), "default_tax_rates"
    )
    body["discounts"] = [one["id"] for one in discounts.in_force(call, {}, customer, at)]
    body["automatic_tax"]["enabled"] = call.params.get("automatic_tax", {}).get("enabled", False)
    call.store.add(invoice_sums.add_up(call, body))
    if call.params.get("pending_invoice_items_behavior") == "include":
        invoice_items.take_pending(call, body)
    call.emit("invoice.created", body)
    return body


@handles("GET", _PATH + "/{invoice}")
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "invoice", call.path_ids[0])


@handles("GET", _PATH)
def list_(call: Call) -> dict[str, Any]:
    return listing(
        call, "invoice", _PATH, "customer", "status", "collection_method", **_of_subscription(call)
    )


@handles("POST", _PATH + "/{invoice}/finalize")
def finalize(call: Call) -> dict[str, Any]:
    body = assign(_in_status(call, "draft"), call.params, "auto_advance")
    if body["billing_reason"] == "manual":
        discounts.consume(call, body, None)
    return invoice_lifecycle.finalize(call, body)


@handles("POST", _PATH + "/{invoice}/pay")
def pay(call: Call) -> dict[str, Any]:
    body = _in_status(call, *invoice_lifecycle.OWED)
    call.serves("payment_method", "off_session")
    is_charged = not call.params.get("paid_out_of_band") and body["amount_due"] > 0
    if is_charged:
        # Off session unless the caller says otherwise: https://docs.stripe.com/api/invoices/pay
        invoice_charging.charge(call, body, on_session=call.params.get("off_session") is False)
    else:
        invoice_charging.give_up(call, body, None)
    invoice_lifecycle.paid(call, body, charged=is_charged)
    subscription_settling.invoice_paid(call, body)
    return body


@handles("POST", _PATH + "/{invoice}/void")
def void(call: Call) -> dict[str, Any]:
    body = invoice_lifecycle.void(call, _in_status(call, *invoice_lifecycle.OWED))
    subscription_settling.invoice_given_up(call, body)
    return body


@handles("POST", _PATH + "/{invoice}/mark_uncollectible")
def mark_uncollectible(call: Call) -> dict[str, Any]:
    """Write an invoice off; it can still be paid or voided."""
    body = invoice_lifecycle.write_off(call, _in_status(call, "open"))
    subscription_settling.invoice_given_up(call, body)
    return body


def _in_status(call: Call, *statuses: str) -> dict[str, Any]:
    body = find(call, "invoice", call.path_ids[0])
    if body["status"] not in statuses:
        message = f"This invoice is {body['status']}, not {' or '.join(statuses)}."
        raise invalid(message, code="invoice_not_editable")
    return body


def _of_subscription(call: Call) -> dict[str, Any]:
    wanted = call.params.get("subscription")
    return {"parent.subscription_details.subscription": wanted} if wanted else {}

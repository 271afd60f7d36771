"""Invoices of subscriptions: what a change or a period costs, with the discounts and taxes that it has by then."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.clock import now
from stripe_sandbox.conformance import blank
from stripe_sandbox.conformance.blank import part_of
from stripe_sandbox.context import Call
from stripe_sandbox.copying import copied
from stripe_sandbox.resources.billing import discounts, invoice_settings, invoice_sums
from stripe_sandbox.resources.common import find
from stripe_sandbox.resources.customers import tax_ids
from stripe_sandbox.resources.payments import statement_descriptors
from stripe_sandbox.store import new_id


def build(
    call: Call,
    subscription: dict[str, Any],
    lines: list[dict[str, Any]],
    reason: str,
    chosen: list[str] | None = None,
) -> dict[str, Any]:
    """An invoice of these lines that is kept nowhere yet: a draft, or all of a preview.

    `chosen` are discounts to use instead of those that are in force.
    """
    customer = find(call, "customer", subscription["customer"])
    at = now(call.store, customer["id"])
    in_force = [one["id"] for one in discounts.in_force(call, subscription, customer, at)]
    body = blank(
        "invoice",
        id=new_id("in"),
        created=at,
        attempt_count=0,
        auto_advance=True,
        automatic_tax=part_of("Invoice", "AutomaticTax")
        | {"enabled": subscription["automatic_tax"]["enabled"]},
        billing_reason=reason,
        collection_method=subscription["collection_method"],
        currency=subscription["currency"],
        customer=customer["id"],
        **tax_ids.on_invoice(call, customer) | invoice_settings.on_invoice(subscription),
        default_payment_method=None,
        default_tax_rates=copied(subscription["default_tax_rates"] or []),
        discounts=in_force if chosen is None else chosen,
        period_start=at,
        period_end=at,
        statement_descriptor=statement_descriptors.of_subscription(call, subscription),
        status="draft",
        test_clock=customer["test_clock"],
        parent={
            "quote_details": None,
            "subscription_details": {
                "metadata": subscription["metadata"],
                "subscription": subscription["id"],
                "subscription_proration_date": None,
            },
            "type": "subscription_details",
        },
    )
    for one in lines:
        one["invoice"] = body["id"]
    body["lines"] |= {"data": lines, "url": f"/v1/invoices/{body['id']}/lines"}
    return invoice_sums.add_up(call, body, _own_rates(subscription, lines))


def issue(
    call: Call, subscription: dict[str, Any], lines: list[dict[str, Any]], reason: str
) -> dict[str, Any]:
    """Draft an invoice: it uses up what is given once. The subscription is the caller's to save."""
    body = build(call, subscription, lines, reason)
    call.emit("invoice.created", call.store.add(body))
    subscription["latest_invoice"] = body["id"]
    discounts.consume(call, body, subscription)
    return body


def _own_rates(subscription: dict[str, Any], lines: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The tax rates that items have of their own, by line."""
    rates = {item["id"]: item["tax_rates"] for item in subscription["items"]["data"]}
    found = {}
    for line in lines:
        details = line["parent"] and line["parent"]["subscription_item_details"]
        if details and rates.get(details["subscription_item"]):
            found[line["id"]] = rates[details["subscription_item"]]
    return found

"""Customers."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.conformance import blank
from stripe_sandbox.conformance.blank import fields_of
from stripe_sandbox.conformance.reader import shape_of_class
from stripe_sandbox.context import Call, handles
from stripe_sandbox.resources.common import assign, find, listing
from stripe_sandbox.store import new_id, now

_FIELDS = ("name", "email", "description", "metadata", "phone")


@handles("POST", "/v1/customers")
def create(call: Call) -> dict[str, Any]:
    body = blank(
        "customer",
        id=new_id("cus", 14),
        created=now(),
        balance=0,
        delinquent=False,
        invoice_prefix=new_id("x", 8)[2:].upper(),
        next_invoice_sequence=1,
        preferred_locales=[],
        tax_exempt="none",
    )
    _unexpanded(body)
    shape = shape_of_class("Customer")
    body["invoice_settings"] = fields_of(shape.inner["InvoiceSettings"]) if shape else {}
    call.store.add(assign(body, call.params, *_FIELDS))
    call.emit("customer.created", body)
    return body


@handles("GET", "/v1/customers/{customer}")
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "customer", call.path_ids[0])


@handles("GET", "/v1/customers")
def list_(call: Call) -> dict[str, Any]:
    return listing(call, "customer", "/v1/customers", "email")


@handles("POST", "/v1/customers/{customer}")
def update(call: Call) -> dict[str, Any]:
    body = assign(find(call, "customer", call.path_ids[0]), call.params, *_FIELDS)
    settings = call.params.get("invoice_settings", {})
    if "default_payment_method" in settings:
        body["invoice_settings"]["default_payment_method"] = settings["default_payment_method"] or None
    call.emit("customer.updated", call.store.save(body))
    return body


@handles("DELETE", "/v1/customers/{customer}")
def delete(call: Call) -> dict[str, Any]:
    body = find(call, "customer", call.path_ids[0])
    call.store.remove(body["id"])
    call.emit("customer.deleted", body)
    return {"id": body["id"], "object": "customer", "deleted": True}


def _unexpanded(body: dict[str, Any]) -> None:
    """Lists that are there only where they were asked for."""
    for name in ("sources", "subscriptions", "tax_ids", "cash_balance", "tax"):
        if name in body:
            body[name] = None

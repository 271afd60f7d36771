"""Customers."""

from __future__ import annotations

from typing import Any

from blinker import Signal

from stripe_sandbox.clock import CLOCK
from stripe_sandbox.conformance import blank
from stripe_sandbox.conformance.blank import part_of
from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources.common import assign, find, listing
from stripe_sandbox.resources.customers import customer_balances
from stripe_sandbox.resources.payments import payment_methods
from stripe_sandbox.search import search
from stripe_sandbox.store import new_id, now

removed = Signal()
"""Sent with the call and its `customer` before a customer is removed."""

_PATH = "/v1/customers"
_FIELDS = ("name", "email", "description", "metadata", "phone", "preferred_locales", "tax_exempt")
_SEARCHED = frozenset({"created", "email", "name", "phone"})
_INCLUDABLE = ("sources", "subscriptions", "tax_ids", "cash_balance", "tax")
"""Lists that are there only where they are asked for."""


@handles("POST", _PATH)
def create(call: Call) -> dict[str, Any]:
    clock = (
        find(call, CLOCK, call.params["test_clock"], "test_clock") if "test_clock" in call.params else None
    )
    body = blank(
        "customer",
        id=new_id("cus", 14),
        created=clock["frozen_time"] if clock else now(),
        balance=0,
        delinquent=False,
        invoice_prefix=new_id("x", 8)[2:].upper(),
        invoice_settings=part_of("Customer", "InvoiceSettings"),
        next_invoice_sequence=1,
        preferred_locales=[],
        tax_exempt="none",
        test_clock=clock["id"] if clock else None,
    )
    body |= {name: None for name in _INCLUDABLE if name in body}
    _describe(call, body)
    call.store.add(body)
    if call.params.get("balance"):
        customer_balances.move(call, body, call.params["balance"], "initial")
    call.emit("customer.created", body)
    if "payment_method" in call.params:
        payment_methods.save(call, call.params["payment_method"], body["id"])
    return call.store.save(_choose_default(call, body))


@handles("GET", _PATH + "/{customer}")
def retrieve(call: Call) -> dict[str, Any]:
    """A deleted customer is still known by its id."""
    id_ = call.path_ids[0]
    return _tombstone(id_) if call.store.was_removed(id_) else find(call, "customer", id_)


@handles("GET", _PATH)
def list_(call: Call) -> dict[str, Any]:
    """Those on a test clock are there only where their clock is named."""
    return listing(call, "customer", _PATH, "email", test_clock=call.params.get("test_clock"))


@handles("GET", _PATH + "/search")
def search_(call: Call) -> dict[str, Any]:
    return search(call.store, "customer", _PATH + "/search", call.params, _SEARCHED)


@handles("POST", _PATH + "/{customer}")
def update(call: Call) -> dict[str, Any]:
    body = find(call, "customer", call.path_ids[0])
    _describe(call, body)
    if call.params.get("balance", body["balance"]) != body["balance"]:
        customer_balances.move(call, body, call.params["balance"] - body["balance"], "adjustment")
    call.emit("customer.updated", call.store.save(_choose_default(call, body)))
    return body


@handles("DELETE", _PATH + "/{customer}")
def delete(call: Call) -> dict[str, Any]:
    """Its cards are gone with it, and so are its subscriptions."""
    return remove(call, find(call, "customer", call.path_ids[0]))


def remove(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Delete a customer; subscriptions end immediately (https://docs.stripe.com/api/customers/delete)."""
    removed.send(call, customer=body)
    for method in payment_methods.of_customer(call, body["id"]):
        payment_methods.release(call, method)
    call.store.remove(body["id"])
    call.emit("customer.deleted", body)
    return _tombstone(body["id"])


def _tombstone(id_: str) -> dict[str, Any]:
    return {"id": id_, "object": "customer", "deleted": True}


def _describe(call: Call, body: dict[str, Any]) -> None:
    assign(body, call.params, *_FIELDS)
    if "address" in call.params:
        given = call.params["address"] or None
        body["address"] = given and part_of("Customer", "Address") | given


def _choose_default(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Raises 400 for a default card that isn't the customer's."""
    settings = call.params.get("invoice_settings", {})
    if "default_payment_method" in settings:
        wanted = settings["default_payment_method"] or None
        param = "invoice_settings[default_payment_method]"
        if wanted and find(call, "payment_method", wanted, param)["customer"] != body["id"]:
            message = f"The customer does not have a payment method with the ID {wanted}."
            raise invalid(f"{message} The payment method must be attached to the customer.", param=param)
        body["invoice_settings"]["default_payment_method"] = wanted
    if "custom_fields" in settings:
        body["invoice_settings"]["custom_fields"] = settings["custom_fields"] or None
    return body

"""Invoice items: what an invoice's lines are made of. One without an invoice waits for the customer's next one."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.clock import now
from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources.billing import invoice_sums
from stripe_sandbox.resources.common import assign, find, listing
from stripe_sandbox.store import new_id

_PATH = "/v1/invoiceitems"
_WAITING = "waiting line_item"
"""Lines of a change that no invoice has yet; the API shows them once one does."""


@handles("POST", _PATH)
def create(call: Call) -> dict[str, Any]:
    params = call.params
    customer = find(call, "customer", params.get("customer", ""), "customer")
    invoice = _draft(call, params["invoice"]) if "invoice" in params else None
    at = now(call.store, customer["id"])
    if "amount" not in params:
        raise invalid("Missing required param: amount.", code="parameter_missing", param="amount")
    item = blank(
        "invoiceitem",
        id=new_id("ii"),
        amount=params["amount"],
        currency=params.get("currency", invoice["currency"] if invoice else "usd"),
        customer=customer["id"],
        date=at,
        discountable=True,
        invoice=invoice["id"] if invoice else None,
        net_amount=params["amount"],
        parent=None,
        period=params.get("period", {"start": at, "end": at}),
        pricing=None,
        proration_details=None,
        quantity=1,
        quantity_decimal="1",
        test_clock=customer["test_clock"],
    )
    call.store.add(assign(item, params, "description", "metadata"))
    call.emit("invoiceitem.created", item)
    if invoice:
        put_on(call, invoice, [item])
    return item


@handles("GET", _PATH + "/{invoiceitem}")
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "invoiceitem", call.path_ids[0])


@handles("GET", _PATH)
def list_(call: Call) -> dict[str, Any]:
    return listing(call, "invoiceitem", _PATH, "customer", "invoice")


def take_pending(call: Call, invoice: dict[str, Any]) -> None:
    """Put the customer's waiting items on a new invoice, the oldest first."""
    waiting = [
        item
        for item in call.store.newest("invoiceitem")
        if (item["customer"], item["invoice"]) == (invoice["customer"], None)
        and item["currency"] == invoice["currency"]
    ]
    put_on(call, invoice, waiting[::-1])


def put_on(call: Call, invoice: dict[str, Any], items: list[dict[str, Any]]) -> None:
    """Make lines of items, and add up the invoice again."""
    for item in items:
        item["invoice"] = invoice["id"]
        call.store.save(item)
        invoice["lines"]["data"].append(_line(item))
    call.store.save(invoice_sums.add_up(call, invoice))


def _draft(call: Call, id_: str) -> dict[str, Any]:
    invoice = find(call, "invoice", id_, "invoice")
    if invoice["status"] != "draft":
        raise invalid("Finalized invoices can't be updated.", code="invoice_not_editable", param="invoice")
    return invoice


def _line(item: dict[str, Any]) -> dict[str, Any]:
    return blank(
        "line_item",
        id=new_id("il"),
        amount=item["amount"],
        currency=item["currency"],
        description=item["description"],
        discountable=True,
        invoice=item["invoice"],
        metadata=item["metadata"],
        parent=None,
        period=item["period"],
        pricing=None,
        quantity=1,
        quantity_decimal="1",
        subtotal=item["amount"],
    )


def wait(call: Call, subscription: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    """Keep the credits and debits of a change until the subscription's next invoice."""
    for line in lines:
        call.store.add(line | {"object": _WAITING, "customer": subscription["customer"]})


def take_waiting(call: Call, subscription: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines that waited for the subscription's next invoice, the oldest first."""
    found = waiting(call, subscription)
    for line in found:
        call.store.remove(line["id"])
    return found[::-1]


def waiting(call: Call, subscription: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines that wait for the subscription's next invoice, the newest first."""
    kept = call.store.all(
        _WAITING, {"customer": subscription["customer"], "subscription": subscription["id"]}
    )
    own = [{name: value for name, value in line.items() if name != "customer"} for line in kept]
    return [line | {"object": "line_item"} for line in own]

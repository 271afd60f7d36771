"""Invoices of single items: drafted, finalized, paid or voided (https://docs.stripe.com/invoicing)."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources import invoice_charging
from stripe_sandbox.resources.common import assign, find, listing
from stripe_sandbox.store import new_id, now

_PATH = "/v1/invoices"


@handles("POST", "/v1/invoiceitems")
def create_item(call: Call) -> dict[str, Any]:
    params = call.params
    customer = find(call, "customer", params.get("customer", ""), "customer")
    invoice = find(call, "invoice", params.get("invoice", ""), "invoice")
    if invoice["status"] != "draft":
        raise invalid("Finalized invoices can't be updated.", code="invoice_not_editable", param="invoice")
    item = blank(
        "invoiceitem",
        id=new_id("ii"),
        amount=params.get("amount", 0),
        currency=params.get("currency", invoice["currency"]),
        customer=customer["id"],
        date=now(),
        description=params.get("description"),
        discountable=True,
        invoice=invoice["id"],
        net_amount=params.get("amount", 0),
        period={"start": now(), "end": now()},
        quantity=1,
        quantity_decimal="1",
    )
    item["pricing"] = item["parent"] = item["proration_details"] = None
    call.store.add(item)
    invoice["lines"]["data"].append(_line(item))
    _add_up(invoice)
    call.store.save(invoice)
    return item


@handles("POST", _PATH)
def create(call: Call) -> dict[str, Any]:
    customer = find(call, "customer", call.params.get("customer", ""), "customer")
    body = blank(
        "invoice",
        id=new_id("in"),
        created=now(),
        attempt_count=0,
        attempted=False,
        auto_advance=call.params.get("auto_advance", False),
        billing_reason="manual",
        collection_method=call.params.get("collection_method", "charge_automatically"),
        currency=call.params.get("currency", "usd"),
        customer=customer["id"],
        customer_name=customer["name"],
        customer_email=customer["email"],
        effective_at=call.params.get("effective_at"),
        period_start=now(),
        period_end=now(),
        status="draft",
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
    call.store.add(body)
    call.emit("invoice.created", body)
    return body


@handles("GET", _PATH + "/{invoice}")
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "invoice", call.path_ids[0])


@handles("GET", _PATH)
def list_(call: Call) -> dict[str, Any]:
    return listing(call, "invoice", _PATH, "customer", "status", "collection_method")


@handles("POST", _PATH + "/{invoice}/finalize")
def finalize(call: Call) -> dict[str, Any]:
    body = _in_status(call, "draft")
    customer = find(call, "customer", body["customer"])
    body["number"] = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04}"
    customer["next_invoice_sequence"] += 1
    call.store.save(customer)
    body.update(
        status="open",
        effective_at=body["effective_at"] or now(),
        hosted_invoice_url=f"{call.settings.public_url}/_sandbox/invoices/{body['id']}",
        invoice_pdf=f"{call.settings.public_url}/_sandbox/invoices/{body['id']}/pdf",
    )
    body["status_transitions"]["finalized_at"] = now()
    call.emit("invoice.finalized", call.store.save(body))
    return body


@handles("POST", _PATH + "/{invoice}/pay")
def pay(call: Call) -> dict[str, Any]:
    body = _in_status(call, "open")
    is_charged = not call.params.get("paid_out_of_band") and body["amount_due"] > 0
    if is_charged:
        invoice_charging.charge(call, body)
    body.update(status="paid", attempted=True)
    body["status_transitions"]["paid_at"] = now()
    call.emit("invoice.paid", call.store.save(body))
    if is_charged:
        call.emit("invoice.payment_succeeded", body)
    return body


@handles("POST", _PATH + "/{invoice}/void")
def void(call: Call) -> dict[str, Any]:
    body = _in_status(call, "open")
    body["status"] = "void"
    body["status_transitions"]["voided_at"] = now()
    call.emit("invoice.voided", call.store.save(body))
    return body


def _in_status(call: Call, status: str) -> dict[str, Any]:
    body = find(call, "invoice", call.path_ids[0])
    if body["status"] != status:
        raise invalid(f"This invoice is {body['status']}, not {status}.", code="invoice_not_editable")
    return body


def _line(item: dict[str, Any]) -> dict[str, Any]:
    line = blank(
        "line_item",
        id=new_id("il"),
        amount=item["amount"],
        currency=item["currency"],
        description=item["description"],
        discountable=True,
        invoice=item["invoice"],
        period=item["period"],
        quantity=1,
        subtotal=item["amount"],
    )
    for name in ("parent", "pricing"):
        line[name] = None
    if "quantity_decimal" in line:
        line["quantity_decimal"] = "1"
    return line


def _add_up(invoice: dict[str, Any]) -> None:
    total = sum(line["amount"] for line in invoice["lines"]["data"])
    for name in (
        "amount_due",
        "amount_remaining",
        "subtotal",
        "subtotal_excluding_tax",
        "total",
        "total_excluding_tax",
    ):
        invoice[name] = total

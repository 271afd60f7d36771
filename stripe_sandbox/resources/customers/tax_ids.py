"""Tax ids of customers (https://docs.stripe.com/billing/customer/tax-ids)."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.clock import now
from stripe_sandbox.conformance import blank
from stripe_sandbox.conformance.blank import part_of
from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import invalid, missing
from stripe_sandbox.resources.common import find, listing
from stripe_sandbox.store import new_id

_PATH = "/v1/customers/{customer}/tax_ids"
_ONE = _PATH + "/{id}"
MOST = 5
"""Tax ids that a customer can have."""


@handles("POST", _PATH)
def create(call: Call) -> dict[str, Any]:
    """Raises 400 without type or value, for a value that can't be one, and for the sixth."""
    customer, params = find(call, "customer", call.path_ids[0]), call.params
    for name in ("type", "value"):
        if not params.get(name):
            raise invalid(f"Missing required param: {name}.", code="parameter_missing", param=name)
    if not any(sign.isalnum() for sign in params["value"]):
        raise invalid(f"Invalid value for {params['type']}.", code="tax_id_invalid", param="value")
    if len(call.store.all("tax_id", {"customer": customer["id"]})) >= MOST:
        raise invalid(f"You can't add more than {MOST} tax ids to a customer.")
    body = blank(
        "tax_id",
        id=new_id("txi"),
        country=_country(params["type"], params["value"]),
        created=now(call.store, customer["id"]),
        customer=customer["id"],
        owner=part_of("TaxId", "Owner") | {"customer": customer["id"], "type": "customer"},
        type=params["type"],
        value=params["value"],
        verification={"status": "pending", "verified_address": None, "verified_name": None},
    )
    call.emit("customer.tax_id.created", call.store.add(body))
    return body


@handles("GET", _PATH)
def list_(call: Call) -> dict[str, Any]:
    customer = find(call, "customer", call.path_ids[0])
    return listing(call, "tax_id", _PATH.replace("{customer}", customer["id"]), customer=customer["id"])


@handles("GET", _ONE)
def retrieve(call: Call) -> dict[str, Any]:
    return _own(call)


@handles("DELETE", _ONE)
def delete(call: Call) -> dict[str, Any]:
    body = _own(call)
    call.store.remove(body["id"])
    call.emit("customer.tax_id.deleted", body)
    return {"id": body["id"], "object": "tax_id", "deleted": True}


def on_invoice(call: Call, customer: dict[str, Any]) -> dict[str, Any]:
    """What an invoice keeps of its customer from the moment at which it is made."""
    found = call.store.all("tax_id", {"customer": customer["id"]})
    settings = customer["invoice_settings"]
    return {
        "customer_name": customer["name"],
        "customer_email": customer["email"],
        "customer_address": customer["address"],
        "customer_tax_ids": [{"type": one["type"], "value": one["value"]} for one in found],
        "custom_fields": settings["custom_fields"] or None,
    }


def _own(call: Call) -> dict[str, Any]:
    customer, id_ = call.path_ids
    body = find(call, "tax_id", id_)
    if body["customer"] != customer:
        raise missing("tax_id", id_, "id")
    return body


def _country(type_: str, value: str) -> str | None:
    """The country that a kind names, or that an id of the European Union begins with."""
    return value[:2].upper() if type_ == "eu_vat" else type_.partition("_")[0].upper()

"""Prices: what a product costs, once or each period. An amount never changes; its lookup key may move on.

https://docs.stripe.com/products-prices/manage-prices#lookup-keys
"""

from __future__ import annotations

from typing import Any

from stripe_sandbox import currencies
from stripe_sandbox.conformance import blank
from stripe_sandbox.conformance.blank import part_of
from stripe_sandbox.context import Call, handles
from stripe_sandbox.copying import copied
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources.common import assign, find, listing
from stripe_sandbox.search import search
from stripe_sandbox.store import new_id, now

_PATH = "/v1/prices"
_FIELDS = ("active", "metadata", "nickname", "tax_behavior")
_SEARCHED = frozenset({"active", "currency", "lookup_key", "product", "type"})


@handles("POST", _PATH)
def create(call: Call) -> dict[str, Any]:
    params = call.params
    if "product" in params:
        return add(call, params, find(call, "product", params["product"], "product")["id"])
    if "product_data" not in params:
        raise invalid("Missing required param: product.", code="parameter_missing", param="product")
    product = blank(
        "product",
        id=params["product_data"].get("id", new_id("prod", 14)),
        created=now(),
        updated=now(),
        active=True,
        type="service",
    )
    call.store.add(assign(product, params["product_data"], "active", "metadata", "name", "unit_label"))
    call.emit("product.created", product)
    return add(call, params, product["id"])


@handles("GET", _PATH + "/{price}")
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "price", call.path_ids[0])


@handles("GET", _PATH)
def list_(call: Call) -> dict[str, Any]:
    params = call.params
    where = {f"recurring.{name}": value for name, value in params.get("recurring", {}).items()}
    if "lookup_keys" in params:
        where["lookup_key"] = params["lookup_keys"]
    return listing(call, "price", _PATH, "active", "currency", "product", "type", **where)


@handles("GET", _PATH + "/search")
def search_(call: Call) -> dict[str, Any]:
    return search(call.store, "price", _PATH + "/search", call.params, _SEARCHED)


@handles("POST", _PATH + "/{price}")
def update(call: Call) -> dict[str, Any]:
    """Raises 400 for archiving the default price of a product (https://github.com/stripe/stripe-python/issues/658)."""
    body = find(call, "price", call.path_ids[0])
    if call.params.get("active") is False and call.store.all("product", {"default_price": body["id"]}):
        message = "This price cannot be archived because it is the default price of its product."
        raise invalid(message, param="active")
    assign(body, call.params, *_FIELDS)
    _name(call, body, call.params)
    call.emit("price.updated", call.store.save(body))
    return body


def add(call: Call, params: dict[str, Any], product: str) -> dict[str, Any]:
    """A new price of a product. Raises 400 without an amount, and for a lookup key that another has."""
    if "unit_amount" not in params:
        raise invalid("Missing required param: unit_amount.", code="parameter_missing", param="unit_amount")
    if params["unit_amount"] < 0:
        raise invalid("Invalid non-negative integer", param="unit_amount")
    currencies.check(params["currency"])
    currencies.check_whole(params["unit_amount"], params["currency"], "unit_amount")
    recurring = params.get("recurring")
    body = blank(
        "price",
        id=new_id("price"),
        created=now(),
        active=True,
        currency=params["currency"].lower(),
        product=product,
        recurring=recurring and _recurring(recurring),
        tax_behavior="unspecified",
        type="recurring" if recurring else "one_time",
        unit_amount=params["unit_amount"],
        unit_amount_decimal=str(params["unit_amount"]),
    )
    assign(body, params, *_FIELDS)
    _name(call, body, params)
    call.store.add(body)
    call.emit("price.created", body)
    return body


def delete(call: Call) -> dict[str, Any]:
    """Only the dashboard can do it, to a price never used (https://github.com/stripe/stripe-python/issues/658)."""
    body = find(call, "price", call.path_ids[0])
    call.store.remove(body["id"])
    call.emit("price.deleted", body)
    return {"id": body["id"], "object": "price", "deleted": True}


def _recurring(wanted: dict[str, Any]) -> dict[str, Any]:
    count = wanted.get("interval_count", 1)
    if count < 1:
        raise invalid("Invalid positive integer", param="recurring[interval_count]")
    usual = {"interval_count": 1, "usage_type": "licensed", "meter": None}
    known = part_of("Price", "Recurring")
    return known | {name: value for name, value in (usual | wanted).items() if name in known}


def _name(call: Call, body: dict[str, Any], params: dict[str, Any]) -> None:
    """Give a lookup key, taking it from another price only where that is asked for."""
    takes = params.get("transfer_lookup_key")
    if "lookup_key" not in params:
        return
    key = params["lookup_key"] or None
    for other in call.store.all("price", {"lookup_key": key}) if key else []:
        if other["id"] == body["id"]:
            continue
        if not takes:
            message = f"A price (`{other['id']}`) already uses that lookup key."
            raise invalid(message, param="lookup_key")
        call.found[other["id"]] = copied(other)
        other["lookup_key"] = None
        call.emit("price.updated", call.store.save(other))
    body["lookup_key"] = key

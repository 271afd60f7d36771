"""Products: what prices are for (https://docs.stripe.com/api/products)."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import ApiError, invalid
from stripe_sandbox.resources.billing import prices
from stripe_sandbox.resources.common import assign, find, listing
from stripe_sandbox.resources.payments import statement_descriptors
from stripe_sandbox.search import search
from stripe_sandbox.store import new_id, now

_PATH = "/v1/products"
_FIELDS = (
    "active",
    "description",
    "images",
    "metadata",
    "name",
    "statement_descriptor",
    "tax_code",
    "unit_label",
    "url",
)
_SEARCHED = frozenset({"active", "description", "name", "url"})


@handles("POST", _PATH)
def create(call: Call) -> dict[str, Any]:
    """A product, with its default price where one is described."""
    params = call.params
    statement_descriptors.check_product(params)
    if "id" in params and call.store.get(params["id"]) is not None:
        message = f"Product already exists with ID: {params['id']}."
        raise ApiError(400, "invalid_request_error", message, code="resource_already_exists", param="id")
    id_ = params.get("id", new_id("prod", 14))
    body = blank("product", id=id_, created=now(), updated=now(), active=True, type="service")
    call.store.add(assign(body, params, *_FIELDS))
    call.emit("product.created", body)
    if "default_price_data" in params:
        price = prices.add(call, params["default_price_data"], body["id"])
        body["default_price"] = price["id"]
        call.store.save(body)
    return body


@handles("GET", _PATH + "/{id}")
def retrieve(call: Call) -> dict[str, Any]:
    id_ = call.path_ids[0]
    if call.store.was_removed(id_):
        return _tombstone(id_)
    return find(call, "product", id_)


@handles("GET", _PATH)
def list_(call: Call) -> dict[str, Any]:
    where = {"id": call.params["ids"]} if "ids" in call.params else {}
    return listing(call, "product", _PATH, "active", "url", **where)


@handles("GET", _PATH + "/search")
def search_(call: Call) -> dict[str, Any]:
    return search(call.store, "product", _PATH + "/search", call.params, _SEARCHED)


@handles("POST", _PATH + "/{id}")
def update(call: Call) -> dict[str, Any]:
    """Raises 400 for a default price of another product."""
    body = find(call, "product", call.path_ids[0])
    statement_descriptors.check_product(call.params)
    wanted = call.params.get("default_price")
    if wanted and find(call, "price", wanted, "default_price")["product"] != body["id"]:
        raise invalid(f"The price {wanted} does not belong to this product.", param="default_price")
    assign(body, call.params, *_FIELDS, "default_price")
    body["updated"] = now()
    call.emit("product.updated", call.store.save(body))
    return body


@handles("DELETE", _PATH + "/{id}")
def delete(call: Call) -> dict[str, Any]:
    """Raises 400 for a product that has prices: those can only be put away."""
    body = find(call, "product", call.path_ids[0])
    if call.store.all("price", {"product": body["id"]}):
        message = "This product cannot be deleted because it has one or more user-created prices."
        raise invalid(message)
    call.store.remove(body["id"])
    call.emit("product.deleted", body)
    return _tombstone(body["id"])


def _tombstone(id_: str) -> dict[str, Any]:
    return {"id": id_, "object": "product", "deleted": True}

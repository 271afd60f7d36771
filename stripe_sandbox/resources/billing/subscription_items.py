"""The items of a subscription: a price, how many of it, and its period."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call
from stripe_sandbox.copying import copied
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources.billing import tax_rates
from stripe_sandbox.resources.common import assign, find
from stripe_sandbox.store import new_id


def new(
    call: Call, wanted: dict[str, Any], subscription: str, at: int, *, was_planned: bool = False
) -> dict[str, Any]:
    """An item without a period. Raises 400 for a price that is gone, archived or not recurring.

    What was planned while its price was sold begins even where that was archived since (unverified).
    """
    price = find(call, "price", wanted["price"], "price") if was_planned else _price(call, wanted)
    body = blank(
        "subscription_item",
        id=new_id("si", 14),
        created=at,
        plan=plan(price),
        price=price,
        quantity=wanted.get("quantity", 1),
        subscription=subscription,
        tax_rates=tax_rates.chosen(call, wanted.get("tax_rates", []), "items[0][tax_rates]"),
    )
    return assign(body, wanted, "metadata")


def changed(
    call: Call, items: list[dict[str, Any]], wanted: list[dict[str, Any]], subscription: str, at: int
) -> list[dict[str, Any]]:
    """The items as they would be. Raises 400 where none would be left, or an id is not of this subscription."""
    made = {item["id"]: copied(item) for item in items}
    for index, one in enumerate(wanted):
        if "id" not in one:
            added = new(call, one, subscription, at)
            made[added["id"]] = added
            continue
        if one["id"] not in made:
            raise invalid(f"No such subscription_item: '{one['id']}'", param=f"items[{index}][id]")
        if one.get("deleted"):
            del made[one["id"]]
            continue
        item = assign(made[one["id"]], one, "metadata", "quantity")
        if "tax_rates" in one:
            param = f"items[{index}][tax_rates]"
            item["tax_rates"] = tax_rates.chosen(call, one["tax_rates"], param)
        if "price" in one:
            item["price"] = _price(call, one)
            item["plan"] = plan(item["price"])
    if not made:
        raise invalid("A subscription must have at least one active price.", param="items")
    return list(made.values())


def cost(item: dict[str, Any]) -> int:
    """What a whole period of an item costs, in the currency's smallest unit."""
    return int(item["price"]["unit_amount"] * item["quantity"])


def plan(price: dict[str, Any]) -> dict[str, Any]:
    """A price as what prices were before."""
    recurring = price["recurring"]
    same = ("active", "billing_scheme", "created", "currency", "id", "metadata", "nickname", "product")
    return blank(
        "plan",
        amount=price["unit_amount"],
        amount_decimal=price["unit_amount_decimal"],
        interval=recurring["interval"],
        interval_count=recurring["interval_count"],
        **{name: price[name] for name in same},
    )


def _price(call: Call, wanted: dict[str, Any]) -> dict[str, Any]:
    if "price" not in wanted:
        raise invalid("Missing required param: items[0][price].", code="parameter_missing", param="items")
    price = find(call, "price", wanted["price"], "items[0][price]")
    if not price["active"]:
        message = f"The price specified is inactive. This field only accepts active prices: {price['id']}."
        raise invalid(message, param="items[0][price]")
    product = call.store.get(price["product"], "product")
    if product is None or not product["active"]:
        # No subscription can have it (https://docs.stripe.com/products-prices/manage-prices#archive-product), though
        # its prices stay active (https://github.com/stripe/stripe-node/issues/2131). The wording is unverified.
        message = f"The price specified belongs to an inactive product: {price['product']}."
        raise invalid(message, param="items[0][price]")
    if not price["recurring"]:
        message = "The price specified is set to `type=one_time` but this field only accepts"
        raise invalid(f"{message} prices with `type=recurring`.", param="items[0][price]")
    return price

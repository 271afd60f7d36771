"""What a change of a subscription would be invoiced (https://docs.stripe.com/api/invoices/create_preview)."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.clock import now
from stripe_sandbox.context import Call, handles
from stripe_sandbox.copying import copied
from stripe_sandbox.errors import invalid, missing
from stripe_sandbox.resources import prorations, subscription_invoices, subscription_items, subscription_taxes
from stripe_sandbox.resources.common import find


@handles("POST", "/v1/invoices/create_preview")
def create_preview(call: Call) -> dict[str, Any]:
    """The invoice that the same update would make; nothing is kept. Raises 400 without a subscription of theirs."""
    if "subscription" not in call.params:
        raise invalid("Missing required param: subscription.", code="parameter_missing", param="subscription")
    subscription = find(call, "subscription", call.params["subscription"], "subscription")
    if call.params.get("customer", subscription["customer"]) != subscription["customer"]:
        raise invalid("The subscription belongs to another customer.", param="customer")
    wanted = call.params.get("subscription_details", {})
    made, lines = changes(call, subscription, wanted)
    if wanted.get("proration_behavior") != "always_invoice" and not prorations.turns_at_once(
        subscription["items"]["data"], made
    ):
        lines += prorations.whole_periods(call, _next(made, subscription["billing_cycle_anchor"]))
    seen = _as_asked(call, subscription | {"items": subscription["items"] | {"data": made}}, wanted)
    chosen = _chosen(call, subscription)
    invoice = subscription_invoices.build(call, seen, lines, "upcoming", chosen)
    invoice["id"] = f"upcoming_{invoice['id']}"
    details = invoice["parent"]["subscription_details"]
    details["subscription_proration_date"] = wanted.get("proration_date")
    return invoice


def _as_asked(call: Call, subscription: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """The subscription with the tax settings that a preview asks for."""
    customer = find(call, "customer", subscription["customer"])
    settings = {name: wanted[name] for name in ("default_tax_rates",) if name in wanted}
    if "automatic_tax" in call.params:
        settings["automatic_tax"] = call.params["automatic_tax"]
    return subscription | subscription_taxes.settings(call, subscription, settings, customer, must_know=False)


def _chosen(call: Call, subscription: dict[str, Any]) -> list[str] | None:
    """The discounts that a preview names; an empty text inherits none (`discounts` in the SDK's parameters)."""
    if "discounts" not in call.params:
        return None
    for index, one in enumerate(call.params["discounts"]):
        if list(one) != ["discount"]:
            raise invalid("The stand-in previews discounts that are there.", param=f"discounts[{index}]")
    customer = find(call, "customer", subscription["customer"])
    own = {*subscription["discounts"], *([customer["discount"]["id"]] if customer["discount"] else [])}
    ids = [one["discount"] for one in call.params["discounts"]]
    for index, id_ in enumerate(ids):
        if id_ not in own:
            raise missing("discount", id_, f"discounts[{index}][discount]")
    return ids


def changes(
    call: Call, subscription: dict[str, Any], wanted: dict[str, Any]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The items after a change, and the lines that it makes now. Raises 400 for a date outside the period."""
    old = subscription["items"]["data"]
    at = wanted.get("proration_date", now(call.store, subscription["customer"]))
    if not old[0]["current_period_start"] <= at < old[0]["current_period_end"]:
        message = "Cannot specify a proration date outside of the current billing period."
        raise invalid(message, param="proration_date")
    made = subscription_items.changed(call, old, wanted.get("items", []), subscription["id"], at)
    prorated = wanted.get("proration_behavior") != "none"
    if prorations.turns_at_once(old, made):
        credited = prorations.lines(call, old, [], at) if prorated else []
        prorations.put_in_period(made, at, at)
        return made, [one for one in credited if one["amount"]] + prorations.whole_periods(call, made)
    for item in made:
        item.update({name: old[0][name] for name in ("current_period_start", "current_period_end")})
    return made, prorations.lines(call, old, made, at) if prorated else []


def _next(items: list[dict[str, Any]], anchor: int) -> list[dict[str, Any]]:
    following: list[dict[str, Any]] = copied(items)
    prorations.put_in_period(following, anchor, following[0]["current_period_end"])
    return following

"""How a subscription is taxed: by rates set by hand, or automatically, never both.

https://docs.stripe.com/billing/taxes/collect-taxes; that Stripe refuses both: the SDK's text of `automatic_tax`
("incompatible invoice items (invoice items with manually specified tax rates …)").
"""

from __future__ import annotations

from typing import Any

from stripe_sandbox.conformance.blank import part_of
from stripe_sandbox.context import Call
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources.billing import automatic_tax, tax_rates


def settings(
    call: Call,
    body: dict[str, Any],
    params: dict[str, Any],
    customer: dict[str, Any],
    *,
    must_know: bool = True,
) -> dict[str, Any]:
    """`automatic_tax` and `default_tax_rates` as the parameters ask for them; others stay.

    Raises 400 for both at the same time, for rates that can't be used, and, if `must_know`, for automatic tax of a
    customer whose location isn't known.
    """
    made = {name: body[name] for name in ("automatic_tax", "default_tax_rates")}
    if "default_tax_rates" in params:
        made["default_tax_rates"] = tax_rates.chosen(call, params["default_tax_rates"], "default_tax_rates")
    if "automatic_tax" in params:
        is_on = params["automatic_tax"]["enabled"]
        if is_on and must_know:
            automatic_tax.check(customer, "automatic_tax[enabled]")
        liability = {"account": None, "type": "self"} if is_on else None
        made["automatic_tax"] = part_of("Subscription", "AutomaticTax") | {
            "enabled": is_on,
            "liability": liability,
        }
    if made["automatic_tax"]["enabled"] and made["default_tax_rates"]:
        message = "You can't have both automatic_tax and default_tax_rates on a subscription."
        raise invalid(message, param="automatic_tax[enabled]")
    return made

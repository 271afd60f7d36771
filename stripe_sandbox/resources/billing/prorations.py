"""What a change in the middle of a period costs: credit for the time not used, a debit for what is left.

To the second, each line rounded by itself (https://docs.stripe.com/billing/subscriptions/prorations).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from stripe_sandbox.amounts import money
from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call
from stripe_sandbox.resources.billing import proration_amounts
from stripe_sandbox.resources.billing.periods import period_end
from stripe_sandbox.resources.billing.subscription_items import cost
from stripe_sandbox.store import new_id


def lines(call: Call, old: list[dict[str, Any]], new: list[dict[str, Any]], at: int) -> list[dict[str, Any]]:
    """The credits and debits of a change within a period; nothing for items that stay as they are.

    Each item is prorated over its own period. Where nothing was debited nothing is credited
    (https://docs.stripe.com/changelog/basil/2025-04-30/subscriptions-billing-mode).
    """
    before = {item["id"]: item for item in old}
    after = {item["id"]: item for item in new}
    left = [item for id_, item in before.items() if not _same(item, after.get(id_))]
    come = [item for id_, item in after.items() if not _same(item, before.get(id_))]
    day = f"{datetime.fromtimestamp(at, UTC):%d %b %Y}"
    credits_ = [
        (item, amount, f"Unused time on {_title(call, item)}")
        for item in left
        if item["current_period_end"] > at and (amount := proration_amounts.unused(call, item, at)).amount
    ]
    debits = [
        (item, amount, f"Remaining time on {_title(call, item)}")
        for item, amount in zip(come, proration_amounts.remaining(call, come, at), strict=True)
    ]
    return [
        amount.on(
            line(
                item,
                amount.amount,
                f"{words} after {day}",
                (at, item["current_period_end"]),
                is_proration=True,
            )
        )
        for item, amount, words in credits_ + debits
    ]


def whole_periods(call: Call, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A line for each item's current period."""
    made = []
    for item in items:
        price = item["price"]
        each = f"{money(price['unit_amount'], price['currency'])} / {price['recurring']['interval']}"
        words = f"{item['quantity']} \N{MULTIPLICATION SIGN} {_title(call, item)} (at {each})"
        period = item["current_period_start"], item["current_period_end"]
        made.append(line(item, cost(item), words, period, is_proration=False))
    return made


def put_in_period(items: list[dict[str, Any]], anchor: int, start: int) -> None:
    """Let a period begin for all items."""
    for item in items:
        end = period_end(anchor, item["price"]["recurring"], start)
        item.update(current_period_start=start, current_period_end=end)


def line(
    item: dict[str, Any],
    amount: int,
    words: str,
    period: tuple[int, int],
    *,
    is_proration: bool,
) -> dict[str, Any]:
    """A line of an invoice that doesn't name the invoice yet."""
    price = item["price"]
    details = {
        "invoice_item": None,
        "proration": is_proration,
        "proration_details": {"credited_items": None} if is_proration else None,
        "subscription": item["subscription"],
        "subscription_item": item["id"],
    }
    return blank(
        "line_item",
        id=new_id("il"),
        amount=amount,
        subtotal=amount,
        currency=price["currency"],
        description=words,
        discountable=not is_proration,
        parent={
            "invoice_item_details": None,
            "subscription_item_details": details,
            "type": "subscription_item_details",
        },
        period={"start": period[0], "end": period[1]},
        pricing={
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        quantity=item["quantity"],
        quantity_decimal=str(item["quantity"]),
        subscription=item["subscription"],
    )


def _same(item: dict[str, Any], other: dict[str, Any] | None) -> bool:
    if other is None:
        return False
    return (item["price"]["id"], item["quantity"]) == (other["price"]["id"], other["quantity"])


def _title(call: Call, item: dict[str, Any]) -> str:
    product = call.store.get(item["price"]["product"], "product")
    return str(product["name"]) if product else "a product that is gone"

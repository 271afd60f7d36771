"""What prorations come to: the time that is left at today's price, and what was debited for time that is not used.

Flexible billing credits a part of what was debited, with the discounts and taxes of then, instead of today's price
(https://docs.stripe.com/billing/subscriptions/billing-mode/compare#credit-proration-calculations). With
`proration_discounts: included` the amounts have their discounts in them: the lines name the discounts, with amounts
of zero (https://docs.stripe.com/changelog/clover/2025-09-30/itemize-proration-discount-amounts). An `amount_off` is
taken off the whole period before that is prorated: unverified.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from stripe_sandbox.context import Call
from stripe_sandbox.resources.billing import discounts, invoice_items, taxes
from stripe_sandbox.resources.billing.discount_sums import Part, take_off
from stripe_sandbox.resources.billing.subscription_items import cost
from stripe_sandbox.resources.common import find

_NOT_DEBITED = {"void"}
"""A draft counts: it will be charged, in an hour."""


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount with what a line says of how it comes about; `taxes` and `credited` are of credits alone."""

    amount: int
    discounts: list[str] = field(default_factory=list)
    taxes: list[dict[str, Any]] | None = None
    credited: dict[str, Any] | None = None

    def on(self, line: dict[str, Any]) -> dict[str, Any]:
        """Say so on a line."""
        line["discounts"] = self.discounts
        line["discount_amounts"] = [{"amount": 0, "discount": id_} for id_ in self.discounts]
        line["taxes"] = self.taxes
        details = line["parent"]["subscription_item_details"]
        details["proration_details"] = {"credited_items": self.credited}
        return line


def share(amount: int, start: int, end: int, at: int) -> int:
    """The part of an amount that falls on the time after `at`, half a unit rounded up."""
    return (2 * amount * (end - at) + (end - start)) // (2 * (end - start))


def unused(call: Call, item: dict[str, Any], at: int) -> Amount:
    """The credit for the rest of an item's period, below zero: of what was debited for it last, whatever it costs
    by now; nothing where nothing was (https://docs.stripe.com/billing/subscriptions/prorations, "Calculation logic
    with no prorations")."""
    debited = _debited(call, item, at)
    if debited is None:
        return Amount(0)
    start, end = debited["period"]["start"], debited["period"]["end"]
    net = debited["amount"] - sum(one["amount"] for one in debited["discount_amounts"] or [])
    return Amount(
        -share(net, start, end, at),
        [one["discount"] for one in debited["discount_amounts"] or []],
        taxes.given_back(debited["taxes"] or [], Fraction(end - at, end - start)),
        debited["invoice"] and {"invoice": debited["invoice"], "invoice_line_items": [debited["id"]]},
    )


def remaining(call: Call, items: list[dict[str, Any]], at: int) -> list[Amount]:
    """The debits for the rest of each item's period, with the discounts that are in force."""
    if not items:
        return []
    subscription = find(call, "subscription", items[0]["subscription"])
    customer = find(call, "customer", subscription["customer"])
    found = discounts.in_force(call, subscription, customer, at)
    parts = [Part(cost(one), one["price"]["product"], one["price"]["currency"]) for one in items]
    taken = take_off(parts, [discounts.coupon_of(call, one) for one in found])
    names = [one["id"] for one in found]
    return [
        Amount(share(part.amount - sum(off[index] for off in taken), *_period(items[index]), at), names)
        for index, part in enumerate(parts)
    ]


def _period(item: dict[str, Any]) -> tuple[int, int]:
    return item["current_period_start"], item["current_period_end"]


def _debited(call: Call, item: dict[str, Any], at: int) -> dict[str, Any] | None:
    """The newest line that debits this item for the time of `at`, at the price and quantity of then."""
    subscription = find(call, "subscription", item["subscription"])
    where = {"parent.subscription_details.subscription": subscription["id"]}
    invoiced = [
        line
        for invoice in call.store.all("invoice", where)
        if invoice["status"] not in _NOT_DEBITED
        for line in invoice["lines"]["data"][::-1]
    ]
    found: list[dict[str, Any]] = [*invoice_items.waiting(call, subscription), *invoiced]
    for line in found:
        details = line["parent"] and line["parent"]["subscription_item_details"]
        is_its = details and details["subscription_item"] == item["id"]
        is_debit = is_its and not (details["proration"] and line["amount"] <= 0)
        if is_debit and line["period"]["start"] <= at < line["period"]["end"]:
            return line
    return None

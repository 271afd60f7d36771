"""Free trials: nothing is charged until `trial_end`, and then a new billing cycle begins.

A trial has an invoice of zero immediately; the one for the first paid period is made when it ends
(https://docs.stripe.com/billing/subscriptions/trials/free-trials).
"""

from __future__ import annotations

from typing import Any

from stripe_sandbox.clock import now
from stripe_sandbox.context import Call
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources.billing import (
    invoice_items,
    invoice_lifecycle,
    prorations,
    subscription_invoices,
    subscription_payments,
)

_DAY = 86_400
_LONGEST = 730 * _DAY
"""https://docs.stripe.com/billing/subscriptions/trials/free-trials"""


def wanted(call: Call, at: int) -> int | None:
    """When the trial ends that a call asks for, `at` for one that ends now; None where it asks for none.

    Raises 400 for an end that is past, or farther away than two years.
    """
    end, days = call.params.get("trial_end"), call.params.get("trial_period_days")
    if end and days:
        raise invalid("You can only pass one of trial_end and trial_period_days.", param="trial_end")
    if end == "now":
        return at
    found = int(end) if end else at + days * _DAY if days else None
    if found is not None and not at < found <= at + _LONGEST:
        raise invalid("trial_end must be in the future, and at most two years from now.", param="trial_end")
    return found


def begin(body: dict[str, Any], items: list[dict[str, Any]], at: int, end: int) -> None:
    """Let a trial last from `at` to `end`; months are counted from its end."""
    body.update(status="trialing", trial_start=at, trial_end=end, billing_cycle_anchor=end)
    for item in items:
        item.update(current_period_start=at, current_period_end=end)


def lines(call: Call, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A line of zero for each item."""
    free = prorations.whole_periods(call, items)
    for one in free:
        one.update(amount=0, subtotal=0, description=f"Free trial for {one['description']}")
    return free


def change(call: Call, body: dict[str, Any]) -> None:
    """Begin, move or end a trial of a subscription that has begun.

    What is left of a period that was paid is credited, unless the call says `proration_behavior=none`; that the
    credit goes to the customer's balance immediately, with the invoice of zero, is unverified.
    """
    at = now(call.store, body["customer"])
    end = wanted(call, at)
    if end is None:
        return
    items = body["items"]["data"]
    if end == at:
        _end_now(call, body, at)
        return
    prorated = call.params.get("proration_behavior") != "none" and body["status"] != "trialing"
    credit = prorations.lines(call, items, [], at) if prorated else []
    begin(body, items, body["trial_start"] if body["status"] == "trialing" else at, end)
    invoice = subscription_invoices.issue(call, body, credit + lines(call, items), "subscription_update")
    invoice_lifecycle.finalize(call, invoice)
    subscription_payments.collect(call, invoice, on_session=False)


def over(body: dict[str, Any], at: int) -> None:
    """A trial that ends at `at` leaves an active subscription, whose cycle begins then."""
    if body["status"] == "trialing":
        body.update(status="active", billing_cycle_anchor=at)


def _end_now(call: Call, body: dict[str, Any], at: int) -> None:
    if body["status"] != "trialing":
        return
    over(body, at)
    body["trial_end"] = at
    items = body["items"]["data"]
    prorations.put_in_period(items, at, at)
    paid_for = invoice_items.take_waiting(call, body) + prorations.whole_periods(call, items)
    invoice = subscription_invoices.issue(call, body, paid_for, "subscription_update")
    invoice_lifecycle.finalize(call, invoice)
    if subscription_payments.collect(call, invoice, on_session=not call.params.get("off_session")):
        body["status"] = "past_due"

"""Subscriptions in flexible billing mode (https://docs.stripe.com/billing/subscriptions/overview)."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.clock import now
from stripe_sandbox.conformance import blank
from stripe_sandbox.conformance.blank import part_of
from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources.billing import (
    discounts,
    invoice_charging,
    invoice_lifecycle,
    invoice_settings,
    item_changes,
    pending_updates,
    prorations,
    subscription_cancellation,
    subscription_changes,
    subscription_ends,
    subscription_invoices,
    subscription_items,
    subscription_pauses,
    subscription_payments,
    subscription_taxes,
    trials,
)
from stripe_sandbox.resources.common import assign, find, listing
from stripe_sandbox.store import new_id

_PATH = "/v1/subscriptions"
_ONE = _PATH + "/{subscription_exposed_id}"
_FIELDS = (
    "collection_method",
    "days_until_due",
    "default_payment_method",
    "description",
    "metadata",
    "off_session",
)
_ENDED = {"canceled", "incomplete_expired"}


@handles("POST", _PATH)
def create(call: Call) -> dict[str, Any]:
    """Raises 402 for a decline with `error_if_incomplete`, 400 where there is no card to pay with."""
    params = call.params
    call.serves("payment_behavior", "off_session")
    customer = find(call, "customer", params.get("customer", ""), "customer")
    at = now(call.store, customer["id"])
    id_ = new_id("sub")
    items = [subscription_items.new(call, one, id_, at) for one in params.get("items", [])]
    if not items:
        raise invalid("Missing required param: items.", code="parameter_missing", param="items")
    prorations.put_in_period(items, at, at)
    body = blank(
        "subscription",
        id=id_,
        created=at,
        billing_cycle_anchor=at,
        billing_mode=_billing_mode(params),
        cancellation_details=part_of("Subscription", "CancellationDetails"),
        currency=items[0]["price"]["currency"],
        customer=customer["id"],
        default_tax_rates=[],
        payment_settings=part_of("Subscription", "PaymentSettings"),
        start_date=at,
        status="active",
        test_clock=customer["test_clock"],
    )
    body["items"] |= {"data": items, "url": f"/v1/subscription_items?subscription={id_}"}
    assign(body, params, *_FIELDS[:-1])
    invoice_settings.take(call, body)
    body.update(subscription_taxes.settings(call, body, params, customer))
    trial_end = trials.wanted(call, at)
    if trial_end is not None:
        trials.begin(body, items, at, trial_end)
    subscription_ends.check(call, body)
    subscription_ends.plan(call, body)
    _check_card(call, customer["id"])
    call.store.add(body)
    _discount(call, body)
    lines = trials.lines(call, items) if trial_end else prorations.whole_periods(call, items)
    invoice = subscription_invoices.issue(call, body, lines, "subscription_create")
    call.store.save(body)
    invoice_lifecycle.finalize(call, invoice)
    _begin(call, body, invoice)
    if trial_end is not None:
        body["status"] = "trialing"
    call.emit("customer.subscription.created", call.store.save(body))
    return body


@handles("GET", _ONE)
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "subscription", call.path_ids[0])


@handles("GET", _PATH)
def list_(call: Call) -> dict[str, Any]:
    """Those that are canceled, or on a test clock, are there only where they are asked for."""
    wanted = call.params.get("status")
    known = ["incomplete", "incomplete_expired", "past_due", "unpaid", "active", "trialing", "paused"]
    named = {"all": [*known, "canceled"], "ended": sorted(_ENDED), None: known}
    where: dict[str, Any] = {"status": named.get(wanted, wanted)}
    if "customer" not in call.params:
        where["test_clock"] = call.params.get("test_clock")
    return listing(call, "subscription", _PATH, "customer", "test_clock", **where)


@handles("POST", _ONE)
def update(call: Call) -> dict[str, Any]:
    """Raises 402 for a decline with `error_if_incomplete`, 400 for a subscription that has ended."""
    body = _running(call)
    call.serves("metadata", "off_session", "payment_behavior", "proration_behavior", "proration_date")
    waits = call.params.get("payment_behavior") == "pending_if_incomplete"
    pending_updates.check(call)
    _check_card(call, body["customer"])
    subscription_ends.check(call, body)
    if pending_updates.is_contradicted(call, body):
        subscription_changes.discard_waiting(call, body)
    if not waits:
        assign(body, call.params, *_FIELDS[:-1])
        invoice_settings.take(call, body)
        subscription_ends.plan(call, body)
    customer = find(call, "customer", body["customer"])
    body.update(subscription_taxes.settings(call, body, call.params, customer))
    _discount(call, body)
    subscription_pauses.pause_collection(call, body)
    trials.change(call, body)
    changes = "items" in call.params or item_changes.resets_anchor(call.params)
    applied = changes and subscription_changes.change(call, body)
    if waits and (applied or not changes):
        assign(body, call.params, "metadata")
        subscription_ends.plan(call, body)
    call.store.save(body)
    call.emit("customer.subscription.updated", body)
    if applied:
        call.found.pop(body["id"], None)
    return body


@handles("DELETE", _ONE)
def cancel(call: Call) -> dict[str, Any]:
    """End it now; what was paid for the rest of the period stays paid."""
    for name in ("prorate", "invoice_now"):
        if call.params.get(name):
            raise invalid("The stand-in cancels without proration.", param=name)
    return subscription_cancellation.cancel(call, _running(call), "cancellation_requested")


def _billing_mode(params: dict[str, Any]) -> dict[str, Any]:
    """Flexible, as it is by itself (https://docs.stripe.com/billing/subscriptions/billing-mode); else raises 400."""
    wanted = params.get("billing_mode", {})
    if wanted.get("type", "flexible") != "flexible":
        raise invalid("The stand-in serves billing_mode[type] flexible only.", param="billing_mode[type]")
    discounts = (wanted.get("flexible") or {}).get("proration_discounts", "included")
    return {"flexible": {"proration_discounts": discounts}, "type": "flexible", "updated_at": None}


def _begin(call: Call, body: dict[str, Any], invoice: dict[str, Any]) -> None:
    behavior = call.params.get("payment_behavior", "allow_incomplete")
    if body["collection_method"] == "send_invoice" and invoice["amount_due"] > 0:
        body["status"] = "active"
        return
    if behavior == "default_incomplete" and invoice["amount_due"] > 0:
        invoice_charging.prepare(call, invoice)
        body["status"] = "incomplete"
        return
    failure = subscription_payments.collect(call, invoice, on_session=not call.params.get("off_session"))
    if failure and behavior == "error_if_incomplete":
        raise subscription_payments.refused(failure)
    body["status"] = "incomplete" if failure else "active"


def _discount(call: Call, body: dict[str, Any]) -> None:
    if "discounts" in call.params:
        amount = sum(map(subscription_items.cost, body["items"]["data"]))
        body["discounts"] = discounts.redeem(call, call.params["discounts"], body, amount)
        call.store.save(body)


def _running(call: Call) -> dict[str, Any]:
    body = find(call, "subscription", call.path_ids[0])
    if body["status"] in _ENDED:
        message = "A canceled subscription can only update its cancellation_details and metadata."
        raise invalid(message)
    return body


def _check_card(call: Call, customer: str) -> None:
    """Raise 400 for a default card that isn't its customer's
    (https://docs.stripe.com/api/subscriptions/update#update_subscription-default_payment_method)."""
    wanted = call.params.get("default_payment_method")
    if wanted and find(call, "payment_method", wanted, "default_payment_method")["customer"] != customer:
        message = f"The customer does not have a payment method with the ID {wanted}."
        raise invalid(message, param="default_payment_method")

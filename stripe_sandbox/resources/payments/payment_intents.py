"""Payment intents (https://docs.stripe.com/payments/paymentintents/lifecycle)."""

from __future__ import annotations

from typing import Any

from blinker import Signal

from stripe_sandbox import currencies
from stripe_sandbox.amounts import money
from stripe_sandbox.clock import now
from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import invalid, unexpected_state
from stripe_sandbox.resources.common import assign, find, listing
from stripe_sandbox.resources.payments import (
    charging,
    confirmation_tokens,
    payment_methods,
    radar_sessions,
    statement_descriptors,
)
from stripe_sandbox.search import search
from stripe_sandbox.store import new_id

succeeded = Signal()
"""Sent with the call and its `intent` when a payment that the payer confirmed took the money."""

_PATH = "/v1/payment_intents"
_SEARCHED = frozenset({"amount", "created", "currency", "customer", "status"})
_OPEN = {"requires_payment_method", "requires_confirmation", "requires_action"}
_FIELDS = (
    "allowed_payment_method_types",
    "description",
    "metadata",
    "receipt_email",
    "setup_future_usage",
    "statement_descriptor_suffix",
    "statement_descriptor",
)


@handles("POST", _PATH)
def create(call: Call) -> dict[str, Any]:
    _check_served(call.params)
    statement_descriptors.check_payment(call.params)
    return make(call)


def make(call: Call) -> dict[str, Any]:
    """A payment intent as a caller asks for it, or an invoice, and confirmed where that is asked."""
    params = call.params
    _check_amount(params["amount"], params["currency"])
    if "customer" in params:
        find(call, "customer", params["customer"], "customer")
    id_ = new_id("pi")
    body = blank(
        "payment_intent",
        id=id_,
        created=now(call.store, params.get("customer")),
        amount=params["amount"],
        amount_capturable=0,
        amount_received=0,
        capture_method="automatic_async",
        confirmation_method="automatic",
        client_secret=f"{id_}_secret_{new_id('x')[2:]}",
        currency=params["currency"].lower(),
        customer=params.get("customer"),
        payment_method_types=["card"],
        status="requires_payment_method",
    )
    assign(body, params, *_FIELDS)
    _choose(call, body, confirmation_tokens.method_asked(call, body))
    call.store.add(body)
    call.emit("payment_intent.created", dict(body))
    return charging.confirm(call, body) if params.get("confirm") else body


@handles("GET", _PATH + "/{intent}")
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "payment_intent", call.path_ids[0])


@handles("GET", _PATH)
def list_(call: Call) -> dict[str, Any]:
    return listing(call, "payment_intent", _PATH, "customer")


@handles("GET", _PATH + "/search")
def search_(call: Call) -> dict[str, Any]:
    return search(call.store, "payment_intent", _PATH + "/search", call.params, _SEARCHED)


@handles("POST", _PATH + "/{intent}")
def update(call: Call) -> dict[str, Any]:
    body = _open(call, "update")
    statement_descriptors.check_payment(call.params)
    if "customer" in call.params and call.params["customer"] != body["customer"]:
        body["customer"] = find(call, "customer", call.params["customer"], "customer")["id"]
    if "amount" in call.params:
        _check_amount(call.params["amount"], body["currency"])
        body["amount"] = call.params["amount"]
    if "payment_method" in call.params:
        _choose(call, body, call.params["payment_method"])
    return call.store.save(assign(body, call.params, *_FIELDS))


@handles("POST", _PATH + "/{intent}/confirm")
def confirm(call: Call) -> dict[str, Any]:
    """Confirm a payment; an invoice that waited for it is paid with it (`succeeded`)."""
    body = try_again(call)
    if body["status"] == "succeeded":
        succeeded.send(call, intent=body)
    return body


def try_again(call: Call) -> dict[str, Any]:
    """Confirm a payment of which the caller sees to what it pays. Raises 402 for a decline."""
    radar_sessions.check(call.params, confirms=True)
    body = assign(_open(call, "confirm"), call.params, "receipt_email", "setup_future_usage")
    _choose(call, body, confirmation_tokens.method_asked(call, body))
    return charging.confirm(call, body)


@handles("POST", _PATH + "/{intent}/capture")
def capture(call: Call) -> dict[str, Any]:
    """Nothing waits to be captured here: every payment is captured immediately."""
    raise unexpected_state("payment_intent", find(call, "payment_intent", call.path_ids[0]), "capture")


@handles("POST", _PATH + "/{intent}/cancel")
def cancel(call: Call) -> dict[str, Any]:
    return end(call, _open(call, "cancel"), call.params.get("cancellation_reason"))


def end(call: Call, body: dict[str, Any], reason: str | None) -> dict[str, Any]:
    """Cancel an open payment. Besides those that a caller may name, Stripe has reasons of its own: `void_invoice`.

    https://docs.stripe.com/api/payment_intents/object#payment_intent_object-cancellation_reason
    """
    body.update(
        status="canceled",
        next_action=None,
        canceled_at=now(call.store, body["customer"]),
        cancellation_reason=reason,
    )
    call.emit("payment_intent.canceled", call.store.save(body))
    return body


def _open(call: Call, verb: str) -> dict[str, Any]:
    body = find(call, "payment_intent", call.path_ids[0])
    if body["status"] not in _OPEN:
        raise unexpected_state("payment_intent", body, verb)
    return body


def _choose(call: Call, body: dict[str, Any], method_id: str | None) -> None:
    if method_id is None:
        return
    method = payment_methods.usable(call, method_id)
    if method["customer"] not in {None, body["customer"]}:
        raise invalid(
            f"The provided PaymentMethod belongs to a different Customer: {method['customer']}. The Customer of this "
            f"PaymentIntent is {body['customer']}.",
            param="payment_method",
        )
    body.update(payment_method=method["id"], status="requires_confirmation")


def _check_served(params: dict[str, Any]) -> None:
    """Refuse what would be wrong to ignore."""
    if "off_session" in params and not params.get("confirm"):
        message = (
            "You cannot set off_session when creating a PaymentIntent unless you also set confirm to true."
        )
        raise invalid(message, param="off_session")
    radar_sessions.check(params)
    if "confirmation_token" in params and not params.get("confirm"):
        message = (
            "You cannot set confirmation_token without confirm: it is used to confirm the PaymentIntent."
        )
        raise invalid(message, param="confirmation_token")
    if params.get("capture_method") == "manual":
        raise invalid("The stand-in captures immediately: no manual capture.", param="capture_method")


def _check_amount(amount: int, currency: str) -> None:
    currencies.check(currency)
    if amount < currencies.least(currency):
        least = money(currencies.least(currency), currency.lower())
        words = "$0.50 usd" if currency.lower() == "usd" else least
        raise invalid(f"Amount must be at least {words}", code="amount_too_small", param="amount")
    currencies.check_whole(amount, currency, "amount")
    if amount > 99_999_999:
        raise invalid("Amount must be no more than $999,999.99", code="amount_too_large", param="amount")

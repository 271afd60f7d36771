"""Setup intents: saving a card (https://docs.stripe.com/payments/setup-intents)."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import Decline, card_error, invalid, unexpected_state
from stripe_sandbox.resources.common import assign, find, listing
from stripe_sandbox.resources.payments import challenges, confirmation_tokens, last_errors, payment_methods
from stripe_sandbox.store import new_id, now

_PATH = "/v1/setup_intents"
_FIELDS = ("allowed_payment_method_types", "customer", "description", "metadata")
_CONFIRMABLE = {"requires_payment_method", "requires_confirmation", "requires_action"}


@handles("POST", _PATH)
def create(call: Call) -> dict[str, Any]:
    params = call.params
    if "customer" in params:
        find(call, "customer", params["customer"], "customer")
    id_ = new_id("seti")
    body = blank(
        "setup_intent",
        id=id_,
        created=now(),
        client_secret=f"{id_}_secret_{new_id('x')[2:]}",
        payment_method_types=["card"],
        status="requires_payment_method",
        usage=params.get("usage", "off_session"),
    )
    assign(body, params, *_FIELDS)
    call.store.add(body)
    call.emit("setup_intent.created", dict(body))
    _check_token(params)
    _choose(call, body, confirmation_tokens.method_asked(call, body))
    if params.get("confirm"):
        return _confirm(call, body)
    return call.store.save(body)


@handles("GET", _PATH + "/{intent}")
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "setup_intent", call.path_ids[0])


@handles("GET", _PATH)
def list_(call: Call) -> dict[str, Any]:
    return listing(call, "setup_intent", _PATH, "customer")


@handles("POST", _PATH + "/{intent}")
def update(call: Call) -> dict[str, Any]:
    body = find(call, "setup_intent", call.path_ids[0])
    if body["status"] not in _CONFIRMABLE:
        raise unexpected_state("setup_intent", body, "update")
    if "customer" in call.params:
        find(call, "customer", call.params["customer"], "customer")
    assign(body, call.params, *_FIELDS)
    if "payment_method" in call.params:
        _choose(call, body, call.params["payment_method"])
    return call.store.save(body)


@handles("POST", _PATH + "/{intent}/confirm")
def confirm(call: Call) -> dict[str, Any]:
    body = find(call, "setup_intent", call.path_ids[0])
    if body["status"] not in _CONFIRMABLE:
        raise unexpected_state("setup_intent", body, "confirm")
    _choose(call, body, confirmation_tokens.method_asked(call, body))
    return _confirm(call, body)


@handles("POST", _PATH + "/{intent}/cancel")
def cancel(call: Call) -> dict[str, Any]:
    body = find(call, "setup_intent", call.path_ids[0])
    if body["status"] not in _CONFIRMABLE:
        raise unexpected_state("setup_intent", body, "cancel")
    body.update(
        status="canceled", next_action=None, cancellation_reason=call.params.get("cancellation_reason")
    )
    call.emit("setup_intent.canceled", call.store.save(body))
    return body


def succeed(call: Call, body: dict[str, Any], *, secured: bool = False) -> dict[str, Any]:
    """The card is saved; one that was confirmed with its bank needs no more confirmation later."""
    method = find(call, "payment_method", body["payment_method"])
    if body["customer"]:
        known = {"set_up": True} if secured and body["usage"] == "off_session" else {}
        payment_methods.attach_to(call, method, body["customer"], **known)
    body.update(status="succeeded", next_action=None, last_setup_error=None)
    call.emit("setup_intent.succeeded", call.store.save(body))
    return body


def fail(call: Call, body: dict[str, Any], decline: Decline) -> dict[str, Any]:
    """The card was not saved; another may be tried."""
    method = find(call, "payment_method", body["payment_method"])
    body.update(
        status="requires_payment_method",
        next_action=None,
        payment_method=None,
        last_setup_error=last_errors.of_setup(decline, method),
    )
    call.emit("setup_intent.setup_failed", call.store.save(body))
    return body


def _check_token(params: dict[str, Any]) -> None:
    if "confirmation_token" in params and not params.get("confirm"):
        message = "You cannot set confirmation_token without confirm: it is used to confirm the SetupIntent."
        raise invalid(message, param="confirmation_token")


def _choose(call: Call, body: dict[str, Any], method_id: str | None) -> None:
    if method_id is None:
        return
    method = payment_methods.usable(call, method_id)
    if method["customer"] not in {None, body["customer"]}:
        raise invalid("The payment method belongs to another customer.", param="payment_method")
    body.update(payment_method=method["id"], status="requires_confirmation")


def _confirm(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    call.serves(*challenges.ASKING)
    if body["payment_method"] is None:
        raise invalid(
            "You cannot confirm this SetupIntent because it's missing a payment method.",
            param="payment_method",
        )
    method = find(call, "payment_method", body["payment_method"])
    behavior = payment_methods.behavior_at(call, method)
    refusal = payment_methods.refusal_to_save(behavior)
    if refusal:
        raise card_error(refusal, setup_intent=fail(call, body, refusal), payment_method=method)
    if behavior.secure != "never":
        challenges.ask(call, body, use_sdk=call.publishable or bool(call.params.get("use_stripe_sdk")))
        call.emit("setup_intent.requires_action", body)
        return body
    return succeed(call, body)

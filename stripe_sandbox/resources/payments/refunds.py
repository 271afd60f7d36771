"""Refunds (https://docs.stripe.com/refunds)."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import invalid, unexpected_state
from stripe_sandbox.resources.common import assign, find, listing
from stripe_sandbox.resources.payments import balance_transactions, disputing
from stripe_sandbox.store import new_id, now

_PATH = "/v1/refunds"
_LATER = {"pending": "succeed", "fails_later": "fail"}
"""What becomes of the refunds of some test cards after a while (https://docs.stripe.com/testing#refunds)."""
_SOMETIMES = ("destination_details", "next_action", "presentment_details")


@handles("POST", _PATH)
def create(call: Call) -> dict[str, Any]:
    charge = _charge(call)
    amount = _amount(call, charge)
    course = call.store.hidden(charge["id"]).get("refund")
    body = blank(
        "refund",
        id=new_id("re"),
        amount=amount,
        charge=charge["id"],
        created=now(),
        currency=charge["currency"],
        payment_intent=charge["payment_intent"],
        reason=call.params.get("reason"),
        status="pending" if course == "pending" else "succeeded",
    )
    body |= {name: None for name in _SOMETIMES if name in body}
    body["balance_transaction"] = balance_transactions.record(
        call, body, -amount, balance_transactions.refunded()
    )["id"]
    call.store.add(assign(body, call.params, "metadata"))
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    call.store.save(charge)
    call.emit("refund.created", body)
    call.emit("charge.refunded", charge)
    if course in _LATER:
        call.store.schedule(call.settings.settles_after, _LATER[course], body["id"])
    return body


@handles("GET", _PATH + "/{refund}")
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "refund", call.path_ids[0])


@handles("GET", _PATH)
def list_(call: Call) -> dict[str, Any]:
    return listing(call, "refund", _PATH, "charge", "payment_intent")


@handles("POST", _PATH + "/{refund}")
def update(call: Call) -> dict[str, Any]:
    body = assign(find(call, "refund", call.path_ids[0]), call.params, "metadata")
    _tell_update(call, call.store.save(body))
    return body


@handles("POST", _PATH + "/{refund}/cancel")
def cancel(call: Call) -> dict[str, Any]:
    """Only refunds that wait for the customer can be canceled, and those of cards never do."""
    find(call, "refund", call.path_ids[0])
    raise invalid(
        "Only refunds with a status of requires_action can be canceled: a card's refund never waits."
    )


def settle(call: Call, refund_id: str, outcome: str) -> dict[str, Any]:
    """Let a refund `succeed`, or `fail`, which may happen long after it had succeeded."""
    body = find(call, "refund", refund_id)
    if outcome not in {"succeed", "fail"}:
        raise invalid("outcome is succeed or fail.", param="outcome")
    if body["status"] not in {"pending"} | ({"succeeded"} if outcome == "fail" else set()):
        raise unexpected_state("refund", body, outcome)
    if outcome == "fail":
        return _fail(call, body)
    body["status"] = "succeeded"
    _tell_update(call, call.store.save(body))
    return body


def _tell_update(call: Call, body: dict[str, Any]) -> None:
    """Stripe sends it twice, for integrations older than `refund.updated`."""
    call.emit("charge.refund.updated", body)
    call.emit("refund.updated", body)


def _fail(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """The money comes back to the balance, and the charge counts as not refunded."""
    returned = balance_transactions.record(call, body, body["amount"], balance_transactions.refund_failed())
    body.update(
        status="failed",
        failure_reason="expired_or_canceled_card",
        failure_balance_transaction=returned["id"],
    )
    charge = find(call, "charge", body["charge"])
    charge["amount_refunded"] -= body["amount"]
    charge["refunded"] = False
    call.store.save(charge)
    _tell_update(call, call.store.save(body))
    call.emit("refund.failed", body)
    return body


def _charge(call: Call) -> dict[str, Any]:
    params = call.params
    if "payment_intent" not in params and "charge" not in params:
        message = "One of the following params should be provided for this request: payment_intent or charge."
        raise invalid(message, code="parameter_missing", param="charge")
    if "payment_intent" in params:
        intent = find(call, "payment_intent", params["payment_intent"], "payment_intent")
        if intent["status"] != "succeeded":
            message = f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
            raise invalid(message, param="payment_intent")
        return find(call, "charge", intent["latest_charge"])
    charge = find(call, "charge", params["charge"], "charge")
    if charge["status"] != "succeeded":
        raise invalid(f"Charge {charge['id']} has not succeeded, so it can't be refunded.", param="charge")
    return charge


def _amount(call: Call, charge: dict[str, Any]) -> int:
    left = charge["amount"] - charge["amount_refunded"]
    # Nothing goes out twice; an inquiry or a dispute that was won holds nothing.
    if disputing.withdrawn_from(call, charge["id"]):
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise invalid(message, code="charge_disputed")
    if left <= 0:
        raise invalid(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount: int = call.params.get("amount", left)
    if not 0 < amount <= left:
        asked, possible = f"${amount / 100:.2f}", f"${left / 100:.2f}"
        message = f"Refund amount ({asked}) is greater than unrefunded amount on charge ({possible})"
        raise invalid(message, param="amount")
    return amount

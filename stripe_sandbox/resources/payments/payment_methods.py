"""Payment methods: cards."""

from __future__ import annotations

import hashlib
from typing import Any

from stripe_sandbox.card_ids import CARD_IDS
from stripe_sandbox.cards import Behavior, behavior_of, check_card, decline_of
from stripe_sandbox.conformance import blank
from stripe_sandbox.conformance.blank import part_of
from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import Decline, card_error, invalid
from stripe_sandbox.resources.common import assign, find, listing
from stripe_sandbox.store import new_id, now

_CARD = "/v1/payment_methods"


@handles("POST", _CARD)
def create(call: Call) -> dict[str, Any]:
    """From a card's number: stripe.js does this with the publishable key, demo and tests with the secret one."""
    made = make(call, *entered_card(call.params))
    made["billing_details"] = billing_details(call.params)
    return call.store.save(assign(made, call.params, "allow_redisplay", "metadata"))


@handles("GET", _CARD + "/{payment_method}")
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "payment_method", call.path_ids[0])


@handles("GET", _CARD)
def list_(call: Call) -> dict[str, Any]:
    return listing(call, "payment_method", _CARD, "customer", "type")


@handles("GET", "/v1/customers/{customer}/payment_methods")
def list_of_customer(call: Call) -> dict[str, Any]:
    customer = find(call, "customer", call.path_ids[0])["id"]
    return listing(
        call, "payment_method", f"/v1/customers/{customer}/payment_methods", "type", customer=customer
    )


@handles("POST", _CARD + "/{payment_method}")
def update(call: Call) -> dict[str, Any]:
    body = find(call, "payment_method", call.path_ids[0])
    if body["customer"] is None:
        raise invalid("You must save this PaymentMethod to a customer before you can update it.")
    for part in ("exp_month", "exp_year"):
        if part in call.params.get("card", {}):
            body["card"][part] = int(call.params["card"][part])
    call.emit("payment_method.updated", call.store.save(assign(body, call.params, "metadata")))
    return body


@handles("POST", _CARD + "/{payment_method}/attach")
def attach(call: Call) -> dict[str, Any]:
    customer = find(call, "customer", call.params.get("customer", ""), "customer")
    return save(call, call.path_ids[0], customer["id"])


@handles("POST", _CARD + "/{payment_method}/detach")
def detach(call: Call) -> dict[str, Any]:
    body = find(call, "payment_method", call.path_ids[0])
    if body["customer"] is None:
        raise invalid(
            "The payment method you provided is not attached to a customer so detachment is impossible.",
            param="payment_method",
        )
    return release(call, body)


def entered_card(params: dict[str, Any]) -> tuple[str, int, int]:
    """Number, month and year of a card as its fields send it. Raises 400, and 402 for what can't be a card."""
    if params.get("type") != "card" or "card" not in params:
        raise invalid("Only cards are served: type=card and card[number].", param="type")
    card = params["card"]
    number = str(card.get("number", "")).replace(" ", "")
    month, year = int(card.get("exp_month", 0)), int(card.get("exp_year", 0))
    check_card(number, month, year, card.get("cvc"))
    return number, month, year


def billing_details(params: dict[str, Any]) -> dict[str, Any]:
    """The billing details that were sent with a card, in full."""
    given = params.get("billing_details", {})
    details = part_of("PaymentMethod", "BillingDetails")
    details |= {part: given.get(part) for part in ("email", "name", "phone")}
    if given.get("address"):
        details["address"] = part_of("PaymentMethod", "BillingDetails", "Address") | given["address"]
    return details


def make(call: Call, number: str, month: int, year: int) -> dict[str, Any]:
    """A card of this number; where its number is kept, the API never shows."""
    method = blank(
        "payment_method", id=new_id("pm"), created=now(), type="card", allow_redisplay="unspecified"
    )
    for name, value in method.items():
        if name not in {"billing_details", "card"} and isinstance(value, dict) and name != "metadata":
            method[name] = None
    method["card"] = card_of(number, month, year)
    return call.store.add(method, number=number)


def card_of(number: str, month: int, year: int) -> dict[str, Any]:
    """What the API shows of a card of this number."""
    behavior = behavior_of(number)
    card = blank_card()
    card.update(
        brand=behavior.brand,
        display_brand=behavior.brand,
        country="US",
        exp_month=month,
        exp_year=year,
        fingerprint=hashlib.sha256(f"fingerprint {number}".encode()).hexdigest()[:16],
        funding="credit",
        last4=number[-4:],
    )
    return card


def blank_card() -> dict[str, Any]:
    """The `card` of a payment method with all its fields."""
    card = part_of("PaymentMethod", "Card")
    card["checks"] = {
        "address_line1_check": None,
        "address_postal_code_check": None,
        "cvc_check": "pass",
    }
    card["networks"] = {"available": [], "preferred": None}
    card["three_d_secure_usage"] = {"supported": True}
    return card


def usable(call: Call, id_: str) -> dict[str, Any]:
    """The payment method of this id; a test id makes a new card each time.

    Raises 400 for one that was detached, or charged without being saved, even where the charge was declined.
    """
    if id_ in CARD_IDS:
        return make(call, CARD_IDS[id_], 12, 2034)
    found = find(call, "payment_method", id_, "payment_method")
    if found["customer"] is None and _is_used_up(call, id_):
        raise invalid(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared "
            "with a connected account without Customer attachment, or was detached from a Customer. It may not be "
            "used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.",
        )
    return found


def _is_used_up(call: Call, id_: str) -> bool:
    hidden = call.store.hidden(id_)
    return bool(hidden.get("detached") or hidden.get("used"))


def save(call: Call, id_: str, customer: str) -> dict[str, Any]:
    """Attach a card once its bank was asked. Raises 402 where the bank declines."""
    method = usable(call, id_)
    refusal = refusal_to_save(behavior_at(call, method))
    if refusal:
        raise card_error(refusal)
    return attach_to(call, method, customer)


def release(call: Call, method: dict[str, Any]) -> dict[str, Any]:
    """Detach a card; it can never be used again, and is no one's default."""
    customer = find(call, "customer", method["customer"])
    if customer["invoice_settings"]["default_payment_method"] == method["id"]:
        customer["invoice_settings"]["default_payment_method"] = None
        call.store.save(customer)
    method["customer"] = None
    call.store.save(method, detached=True)
    call.emit("payment_method.detached", method)
    return method


def of_customer(call: Call, customer: str) -> list[dict[str, Any]]:
    """The cards that a customer has saved, newest first."""
    return call.store.all("payment_method", {"customer": customer})


def attach_to(call: Call, method: dict[str, Any], customer: str, **hidden: Any) -> dict[str, Any]:
    """Attach; doing it again changes nothing."""
    if method["customer"] not in {None, customer}:
        raise invalid("This PaymentMethod is already attached to another customer.", param="payment_method")
    was_attached = method["customer"] is not None
    method["customer"] = customer
    call.store.save(method, **hidden)
    if not was_attached:
        call.emit("payment_method.attached", method)
    return method


def behavior_at(call: Call, method: dict[str, Any]) -> Behavior:
    return behavior_of(call.store.hidden(method["id"]).get("number", ""))


def refusal_to_save(behavior: Behavior) -> Decline | None:
    """Why a card can't be saved; some only decline once they are charged."""
    return None if behavior.attaches else decline_of(behavior)

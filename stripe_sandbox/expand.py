"""`expand[]`: ids replaced by the objects they name, four deep (https://docs.stripe.com/expand)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stripe_sandbox.copying import copied
from stripe_sandbox.errors import invalid
from stripe_sandbox.lists import listing
from stripe_sandbox.store import Store

DEEPEST = 4
_INCLUDED = {
    ("charge", "refunds"): ("refund", "charge"),
    ("invoice", "payments"): ("invoice_payment", "invoice"),
}
"""Lists that are there only where they are asked for: what they are of, and which field says whose."""


def expand(store: Store, body: dict[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """A copy of `body` with what the paths name expanded. Raises 400 for what can't be."""
    made: dict[str, Any] = copied(body)
    for path in paths:
        parts = path.split(".")
        if len(parts) > DEEPEST + (parts[0] == "data"):
            raise invalid("You cannot expand more than 4 levels of a property.", param="expand")
        _walk(store, made, parts, path)
    return made


def _walk(store: Store, place: Any, parts: list[str], path: str) -> None:
    if isinstance(place, list):
        for item in place:
            _walk(store, item, parts, path)
        return
    if not parts or not isinstance(place, dict):
        return
    name, *rest = parts
    if name not in place:
        raise invalid(f"This property cannot be expanded ({path}).", param="expand")
    included = _INCLUDED.get((place.get("object", ""), name))
    if isinstance(place[name], str):
        place[name] = _object(store, place[name], path)
    elif isinstance(place[name], list):
        place[name] = [_object(store, one, path) if isinstance(one, str) else one for one in place[name]]
    elif place[name] is None and included:
        kind, field = included
        place[name] = listing(store, kind, f"/v1/{kind}s", {}, {field: place["id"]})
    elif name == "confirmation_secret" and place[name] is None:
        place[name] = _confirmation_secret(store, place["id"])
    _walk(store, place[name], rest, path)


def _confirmation_secret(store: Store, invoice: str) -> dict[str, Any] | None:
    """What the page confirms an invoice's payment with; nothing where none was begun."""
    payments = store.all("invoice_payment", {"invoice": invoice})
    intent = store.get(payments[0]["payment"]["payment_intent"]) if payments else None
    return intent and {"type": "payment_intent", "client_secret": intent["client_secret"]}


def _object(store: Store, id_: str, path: str) -> dict[str, Any]:
    found = store.get(id_)
    if found is None:
        raise invalid(f"This property cannot be expanded ({path}).", param="expand")
    return found

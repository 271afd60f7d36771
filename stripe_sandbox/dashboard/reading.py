"""What the pages read: pages of lists, and what belongs to an object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort

from stripe_sandbox.dashboard.blueprint import sandbox
from stripe_sandbox.lists import listing
from stripe_sandbox.request_log import Request

PAGE = 20
_RELATED: dict[str, tuple[tuple[str, str], ...]] = {
    "payment_intent": (
        ("charge", "payment_intent"),
        ("refund", "payment_intent"),
        ("dispute", "payment_intent"),
        ("radar.early_fraud_warning", "payment_intent"),
    ),
    "charge": (("refund", "charge"), ("dispute", "charge"), ("balance_transaction", "source")),
    "customer": (
        ("subscription", "customer"),
        ("invoice", "customer"),
        ("payment_intent", "customer"),
        ("payment_method", "customer"),
        ("setup_intent", "customer"),
    ),
    "subscription": (
        ("invoice", "parent.subscription_details.subscription"),
        ("subscription_schedule", "subscription"),
    ),
    "test_helpers.test_clock": (("customer", "test_clock"), ("subscription", "test_clock")),
    "refund": (("balance_transaction", "source"),),
    "dispute": (("balance_transaction", "source"),),
}
"""The kinds of objects that belong to one of a kind, and the field in which they name it."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some objects or calls of a list, and where the newer and the older ones begin; empty at an end."""

    items: list[Any]
    newer: str = ""
    older: str = ""


def objects(kind: str, *, after: str = "", before: str = "") -> Page:
    """A page of a list, older than the object `after`, or newer than `before`. Raises 400 where there is none."""
    params: dict[str, Any] = {"limit": PAGE}
    if before:
        params["ending_before"] = before
    elif after:
        params["starting_after"] = after
    found = listing(sandbox().store, kind, "", params, {})
    items, more = found["data"], found["has_more"]
    if not items:
        return Page([])
    has_newer = more if before else bool(after)
    has_older = True if before else more
    return Page(items, items[0]["id"] if has_newer else "", items[-1]["id"] if has_older else "")


def requests(path: str, after: str) -> Page:
    """A page of the calls whose path contains `path`, older than the call `after`."""
    found = sandbox().log.page(path, after=after or None, limit=PAGE + 1)
    more = len(found) > PAGE
    return Page(found[:PAGE], older=found[PAGE - 1].request_id if more else "")


def object_or_404(kind: str, id_: str) -> dict[str, Any]:
    found = sandbox().store.get(id_, kind)
    if found is None:
        abort(404, f"There is no {kind.replace('_', ' ')} {id_} here.")
    return found


def related(body: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The newest objects that belong to this one, by kind."""
    store = sandbox().store
    found = {
        kind: store.page(kind, {field: body["id"]}, created={}, after=None, before=None, limit=PAGE)
        for kind, field in _RELATED.get(body["object"], ())
    }
    return {kind: items for kind, items in found.items() if items}


def events_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The newest events about an object; about a payment, also those of all that belongs to it."""
    payment = body.get("payment_intent")
    rows = sandbox().store.events_about(payment or body["id"], 100)
    whole = body["object"] == "payment_intent"
    return [one for one in rows if whole or one["data"]["object"]["id"] == body["id"]][:PAGE]


def requests_of(body: dict[str, Any]) -> list[Request]:
    """The newest calls about an object."""
    log = sandbox().log
    if body["object"] == "payment_intent":
        return log.of_payment(body["id"], PAGE)
    return log.page(f"/{body['id']}", after=None, limit=PAGE)

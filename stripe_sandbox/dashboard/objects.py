"""The page of an object: what it is, what belongs to it, and what can be made to happen to it."""

from __future__ import annotations

from typing import Any

from flask import Response

from stripe_sandbox.dashboard import reading
from stripe_sandbox.dashboard.blueprint import blueprint, sandbox
from stripe_sandbox.dashboard.lists import section_or_404
from stripe_sandbox.dashboard.pages import shown
from stripe_sandbox.resources.payments import disputing

_NAMING = (
    "customer",
    "payment_intent",
    "charge",
    "latest_charge",
    "payment_method",
    "balance_transaction",
    "failure_balance_transaction",
    "source",
    "latest_invoice",
    "subscription",
    "schedule",
    "default_payment_method",
    "test_clock",
)
"""Fields that name another object."""


@blueprint.get("/<slug>/<id_>")
def show_object(slug: str, id_: str) -> Response:
    return draw(reading.object_or_404(section_or_404(slug).kind, id_))


def draw(body: dict[str, Any], *, wrong: str = "", typed: Any = None, status: int = 200) -> Response:
    """The page of an object; `wrong` is why a form on it was refused, and `typed` what was in that form."""
    kind = body["object"]
    named = {name: body[name] for name in _NAMING if isinstance(body.get(name), str)}
    details = (body.get("parent") or {}).get("subscription_details")
    if details:
        named["subscription"] = details["subscription"]
    content: dict[str, Any] = {"wrong": wrong, "typed": typed or {}}
    if kind == "event":
        content["deliveries"] = sandbox().delivery.deliveries(body["id"])
        named["about"] = body["data"]["object"]["id"]
    else:
        content["events"] = reading.events_of(body)
        content["requests"] = reading.requests_of(body)
    charge = _charge_of(body)
    return shown(
        "object.html",
        status=status,
        kind=kind,
        body=body,
        named=named,
        related=reading.related(body),
        charge=charge,
        reasons=sorted(disputing.REASONS),
        closed=disputing.CLOSED,
        **content,
    )


def _charge_of(body: dict[str, Any]) -> dict[str, Any] | None:
    """What a payment took, if it took anything."""
    if body["object"] != "payment_intent" or body["status"] != "succeeded":
        return None
    return sandbox().store.get(body["latest_charge"], "charge")

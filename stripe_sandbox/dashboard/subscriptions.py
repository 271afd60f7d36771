"""On a subscription and an invoice: what an operator can do to them in Stripe's dashboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from stripe_sandbox import clock
from stripe_sandbox.context import Call
from stripe_sandbox.dashboard import reading
from stripe_sandbox.dashboard.blueprint import blueprint, sandbox
from stripe_sandbox.dashboard.carrying_out import carry_out
from stripe_sandbox.dashboard.forms import FormError
from stripe_sandbox.dashboard.pages import SAID
from stripe_sandbox.performing import perform
from stripe_sandbox.resources.billing import invoices, subscription_pauses, subscriptions
from stripe_sandbox.resources.common import find
from stripe_sandbox.resources.payments import early_fraud_warnings

_TRIAL = 14 * 86_400
SAID |= {
    "changed": "The subscription was changed.",
    "given_up": "The invoice was updated.",
    "warned": "The early fraud warning was sent.",
}


@blueprint.post("/subscriptions/<id_>/changes")
def change_subscription(id_: str) -> Response:
    """Pause, resume, cancel, or give a trial, as the button says."""
    body = reading.object_or_404("subscription", id_)
    asked = request.form.get("change", "")

    def work() -> None:
        do, params = _change(body, asked)
        perform(sandbox(), do, id_, **params)

    return carry_out(body, "changed", work)


@blueprint.post("/invoices/<id_>/end")
def give_up_invoice(id_: str) -> Response:
    """Void an invoice, or mark it uncollectible."""
    body = reading.object_or_404("invoice", id_)
    ways = {"void": invoices.void, "mark_uncollectible": invoices.mark_uncollectible}

    def work() -> None:
        way = ways.get(request.form.get("way", ""))
        if way is None:
            raise FormError("Choose what to do with the invoice.")
        perform(sandbox(), way, id_)

    return carry_out(body, "given_up", work)


@blueprint.post("/payments/<id_>/early_fraud_warnings")
def warn_of_fraud(id_: str) -> Response:
    """The card's issuer warns of a payment."""
    body = reading.object_or_404("payment_intent", id_)

    def warn(call: Call) -> dict[str, Any]:
        return early_fraud_warnings.warn(call, find(call, "charge", body["latest_charge"] or "")["id"])

    return carry_out(body, "warned", lambda: perform(sandbox(), warn))


def _change(body: dict[str, Any], asked: str) -> tuple[Callable[[Call], dict[str, Any]], dict[str, Any]]:
    """What serves a button, and with which parameters. Raises `FormError`."""
    at = clock.now(sandbox().store, body["customer"])
    if asked.startswith("collection_"):
        behavior = asked.removeprefix("collection_")
        if behavior in {"keep_as_draft", "void", "mark_uncollectible"}:
            return subscriptions.update, {"pause_collection": {"behavior": behavior}}
    ways: dict[str, tuple[Callable[[Call], dict[str, Any]], dict[str, Any]]] = {
        "collect": (subscriptions.update, {"pause_collection": ""}),
        "pause": (subscription_pauses.pause, {}),
        "resume": (subscription_pauses.resume, {}),
        "trial": (subscriptions.update, {"trial_end": at + _TRIAL}),
        "end_trial": (subscriptions.update, {"trial_end": "now"}),
        "cancel": (subscriptions.cancel, {}),
        "cancel_later": (subscriptions.update, {"cancel_at_period_end": True}),
    }
    if asked not in ways:
        raise FormError("Choose an action.")
    return ways[asked]

"""On a payment: refund it, or let its cardholder dispute it. On a refund: settle it."""

from __future__ import annotations

from typing import Any

from flask import abort, request
from werkzeug.wrappers import Response

from stripe_sandbox.dashboard import forms, reading
from stripe_sandbox.dashboard.blueprint import blueprint, sandbox
from stripe_sandbox.dashboard.carrying_out import carry_out
from stripe_sandbox.performing import perform
from stripe_sandbox.resources.common import find
from stripe_sandbox.resources.payments import disputing, refunds


@blueprint.post("/payments/<id_>/refunds")
def refund(id_: str) -> Response:
    """Refund an amount, or what is left."""
    body = reading.object_or_404("payment_intent", id_)

    def work() -> None:
        amount = forms.amount(request.form.get("amount", ""), body["currency"])
        params: dict[str, Any] = {"payment_intent": id_}
        if amount is not None:
            params["amount"] = amount
        perform(sandbox(), refunds.create, **params)

    return carry_out(body, "refunded", work)


@blueprint.post("/payments/<id_>/disputes")
def dispute(id_: str) -> Response:
    """Dispute an amount, or what is left; or let the bank only inquire."""
    body = reading.object_or_404("payment_intent", id_)
    if body["status"] != "succeeded":
        abort(404)

    def work() -> None:
        amount = forms.amount(request.form.get("amount", ""), body["currency"])
        perform(
            sandbox(),
            lambda call: disputing.open_for(
                call,
                find(call, "charge", body["latest_charge"]),
                amount=amount,
                inquiry="inquiry" in request.form,
                reason=request.form.get("reason", "fraudulent"),
            ),
        )

    return carry_out(body, "disputed", work)


@blueprint.post("/refunds/<id_>/outcome")
def settle_refund(id_: str) -> Response:
    body = reading.object_or_404("refund", id_)
    outcome = request.form.get("outcome", "")
    return carry_out(
        body, "settled", lambda: perform(sandbox(), lambda call: refunds.settle(call, id_, outcome))
    )

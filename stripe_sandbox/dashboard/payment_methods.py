"""On a card: an update by its network, and detaching it."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import request
from werkzeug.wrappers import Response

from stripe_sandbox.dashboard import forms, reading
from stripe_sandbox.dashboard.blueprint import blueprint, sandbox
from stripe_sandbox.dashboard.carrying_out import carry_out
from stripe_sandbox.performing import perform
from stripe_sandbox.resources.payments import network_updates, payment_methods


@blueprint.post("/payment_methods/<id_>/network_update")
def update_by_network(id_: str) -> Response:
    """A new expiry, in the past too."""
    body = reading.object_or_404("payment_method", id_)

    def work() -> None:
        this_year = datetime.now(UTC).year
        month = forms.number(request.form.get("exp_month", ""), "Month", 1, 12)
        year = forms.number(request.form.get("exp_year", ""), "Year", this_year - 20, this_year + 20)
        perform(sandbox(), network_updates.apply, id_, exp_month=month, exp_year=year)

    return carry_out(body, "updated", work)


@blueprint.post("/payment_methods/<id_>/detachment")
def detach(id_: str) -> Response:
    body = reading.object_or_404("payment_method", id_)
    return carry_out(body, "detached", lambda: perform(sandbox(), payment_methods.detach, id_))

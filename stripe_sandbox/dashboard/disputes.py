"""On a dispute: what the bank decides."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from stripe_sandbox.dashboard import reading
from stripe_sandbox.dashboard.blueprint import blueprint, sandbox
from stripe_sandbox.dashboard.carrying_out import carry_out
from stripe_sandbox.performing import perform
from stripe_sandbox.resources.payments import disputes


@blueprint.post("/disputes/<id_>/outcome")
def decide_dispute(id_: str) -> Response:
    body = reading.object_or_404("dispute", id_)
    outcome = request.form.get("outcome", "")
    return carry_out(
        body, "decided", lambda: perform(sandbox(), lambda call: disputes.decide(call, id_, outcome))
    )

"""On a customer: let time pass for them, and let their bank decline or ask."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from stripe_sandbox import clock, moving
from stripe_sandbox.dashboard import reading
from stripe_sandbox.dashboard.blueprint import blueprint, sandbox
from stripe_sandbox.dashboard.carrying_out import carry_out
from stripe_sandbox.dashboard.coming import charged_next
from stripe_sandbox.dashboard.forms import FormError
from stripe_sandbox.dashboard.pages import SAID
from stripe_sandbox.performing import perform
from stripe_sandbox.resources.payments import banks

_DAYS = {"day": 1, "week": 7}
SAID |= {
    "later": "Time has passed.",
    "declines": "The bank now declines.",
    "asks": "The bank now requires 3-D Secure each time.",
    "default": "The card now follows its number.",
}


@blueprint.post("/customers/<id_>/time")
def pass_time(id_: str) -> Response:
    """Let a day or a week pass, or all the time until something happens to the customer."""
    body = reading.object_or_404("customer", id_)
    step = request.form.get("step", "")

    def work() -> None:
        if step == "next":
            moving.move_to_next(sandbox(), id_)
        elif step in _DAYS:
            moving.move(sandbox(), id_, clock.now(sandbox().store, id_) + _DAYS[step] * 86_400)
        else:
            raise FormError("Choose how far to advance.")

    return carry_out(body, "later", work)


@blueprint.post("/customers/<id_>/bank")
def instruct_bank(id_: str) -> Response:
    """Let the bank of each card that is charged next answer otherwise."""
    body = reading.object_or_404("customer", id_)
    answer = request.form.get("answer", "")

    def work() -> None:
        for card in charged_next(body):
            perform(sandbox(), lambda call, of=card["id"]: banks.let_answer(call, of, answer))  # type: ignore[misc]

    return carry_out(body, answer, work)

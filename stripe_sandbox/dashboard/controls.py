"""Faults on order, and how webhooks are sent."""

from __future__ import annotations

import re

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from stripe_sandbox import scheduled
from stripe_sandbox.context import HANDLERS
from stripe_sandbox.dashboard import forms
from stripe_sandbox.dashboard.blueprint import blueprint, sandbox
from stripe_sandbox.dashboard.pages import done, shown
from stripe_sandbox.delivery import MODES
from stripe_sandbox.faults import KINDS, Fault

_PLACE = re.compile(r"\{\w+\}")
MODE_WORDS = {
    "deliver": "Deliver immediately",
    "hold": "Hold until sent manually",
    "drop": "Drop: nothing is ever sent",
    "duplicate": "Deliver each twice",
    "shuffle": "Deliver in any order",
}
KIND_WORDS = {
    "timeout_after": "Timeout after the call was handled",
    "drop_before": "Connection lost before the call is handled",
    "drop_after": "Connection lost after the call was handled",
    "500_before": "500, nothing is done",
    "500_after": "500, though the work is done",
    "400": "400, the request is refused for what it asks",
    "401": "401, the key isn't known",
    "409": "409, the same key is in use",
    "429": "429, too many requests",
    "html": "502 with a page instead of JSON",
}


@blueprint.get("/controls")
def show_controls() -> Response:
    return _draw()


@blueprint.post("/controls/faults")
def order_fault() -> AnyResponse:
    """Let the next calls of an operation go wrong."""
    operation, kind = request.form.get("operation", ""), request.form.get("kind", "")
    try:
        if kind not in KINDS:
            raise forms.FormError("Choose a fault.")
        if operation not in _operations():
            raise forms.FormError("Choose one of the operations.")
        times = forms.number(request.form.get("times", "1"), "Calls", 1, 1000)
        delay = forms.number(request.form.get("delay", "0"), "Seconds before the connection is cut", 0, 300)
    except forms.FormError as error:
        return _draw(wrong=str(error), status=400)
    sandbox().faults.order(Fault(operation, kind, times, float(delay)))
    return done("ordered", "dashboard.show_controls")


@blueprint.post("/controls/faults/clear")
def clear_faults() -> AnyResponse:
    sandbox().faults.clear()
    return done("cleared", "dashboard.show_controls")


@blueprint.post("/controls/webhooks")
def choose_mode() -> AnyResponse:
    mode = request.form.get("mode", "")
    if mode not in MODES:
        return _draw(wrong="Choose how webhooks are sent.", status=400)
    sandbox().delivery.mode = mode
    sandbox().delivery.wake()
    return done("mode", "dashboard.show_controls")


@blueprint.post("/controls/webhooks/flush")
def flush() -> AnyResponse:
    sandbox().delivery.flush()
    return done("flushed", "dashboard.show_controls")


@blueprint.post("/controls/scheduled")
def run_scheduled() -> AnyResponse:
    scheduled.run(sandbox(), everything=True)
    return done("scheduled", "dashboard.show_controls")


def _draw(*, wrong: str = "", status: int = 200) -> Response:
    return shown(
        "controls.html",
        status=status,
        wrong=wrong,
        typed=request.form,
        operations=_operations(),
        kinds=KIND_WORDS,
        modes=MODE_WORDS,
        waiting=sandbox().delivery.waiting(),
        scheduled=scheduled.waiting(sandbox()),
    )


def _operations() -> list[str]:
    """What the stand-in serves, as faults name it: `*` stands for any id."""
    return sorted({f"{method} {_PLACE.sub('*', template)}" for method, template in HANDLERS})

"""On an event: send it again."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response

from stripe_sandbox.dashboard import reading
from stripe_sandbox.dashboard.blueprint import blueprint, sandbox
from stripe_sandbox.dashboard.objects import draw
from stripe_sandbox.dashboard.pages import SAID

SAID |= {
    "taken": "The event was sent again and accepted.",
    "refused": "The event was sent again and refused.",
}


@blueprint.post("/events/<id_>/deliveries")
def send_again(id_: str) -> Response:
    """Send it now, whatever became of it before."""
    body = reading.object_or_404("event", id_)
    result = sandbox().delivery.send_again(body)
    if not any(result.values()):
        return draw(body, wrong="No webhook endpoint subscribes to this event.", status=409)
    said = "refused" if result["refused"] else "taken"
    return redirect(url_for("dashboard.show_object", slug="events", id_=id_, said=said), 303)

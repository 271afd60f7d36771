"""Stripe's events that need someone, and handling one again."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.operators import again
from app.operators.trail import checked_reason
from app.pages.operator.blueprint import also_command, blueprint, doer, operator_required
from app.pages.operator.forms import ReasonForm
from app.pages.operator.refused_forms import refuse, shown
from app.stripe_events import review
from app.stripe_events.review import UnknownEventError
from app.transaction import transaction
from app.web.text_guard import keeps_typed

_ID = 255


@blueprint.get("/events")
@operator_required
@also_command("webhooks", "list")
def show_events() -> str:
    """Events that failed or were rejected, newest first; and one by its id, whatever became of it."""
    event_id = request.args.get("event", "")[:_ID]
    return render_template(
        "operator/events.html",
        form=shown(ReasonForm),
        event_id=event_id,
        event=review.find(event_id) if event_id else None,
        found=review.newest(states=review.NEEDS_ATTENTION),
    )


@blueprint.post("/events/replay")
@operator_required
@also_command("webhooks", "replay")
@keeps_typed(ReasonForm)
def replay_event() -> Response:
    """Handle an event again, by its object as Stripe has it now. Twice changes nothing more."""
    form, event_id = ReasonForm(), request.form.get("event", "")[:_ID]
    page = url_for("operator.show_events", event=event_id)
    if not form.validate():
        return refuse(form, page)
    try:
        with transaction():
            event = again.replay_event(event_id, doer(), checked_reason(form.reason.data))
    except UnknownEventError:
        form.reason.errors = ["There is no such event here. The hourly comparison finds what never arrived."]
        return refuse(form, page)
    flash(f"{event.id} will be handled again.")
    return redirect(url_for("operator.show_events"), 303)

"""The button that tests a channel, and what it has shown."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from app.billing.alerts import deliveries
from app.billing.alerts.outcomes import Result, Tested
from app.extensions import limiter
from app.language import marked, translated
from app.notify import stored_texts
from app.pages.alerts.routes import blueprint
from app.web.identity import current_identity, current_organization, org_admin_required

FEW = "10 per minute"
"""How often a person may test: each test is a message to someone else."""


@blueprint.post("/channels/<uuid:channel_id>/tests")
@org_admin_required
@limiter.limit(FEW)
def send_test(channel_id: UUID) -> Response:
    """Send a test to a channel, and say what happened."""
    tested = deliveries.test(current_organization().id, channel_id, by=current_identity().user)
    flash(describe(tested))
    return redirect(url_for("alerts.show", _anchor=f"channel-{channel_id}"), 303)


def describe(tested: Tested) -> str:
    """What a test has shown, and what to do."""
    return translated(_SHOWN[tested.result]) % {"answer": stored_texts.answer(tested.answer).rstrip(".")}


_SHOWN = {
    Result.DELIVERED: marked("The test was delivered."),
    Result.NOT_CONFIRMED: marked(
        "Nothing was sent: this phone isn't confirmed yet. Enter the code that was sent to it."
    ),
    Result.EMAILED: marked("The test is on its way. It should arrive within a minute."),
    Result.SWITCHED_OFF: marked(
        "It responded with 410 (gone), so the channel is switched off. "
        "Add its new address, or switch it on once it accepts messages again."
    ),
    Result.REJECTED: marked("It rejected the test: %(answer)s. Check the address."),
    Result.FAILED: marked("It couldn't accept the test: %(answer)s. Alerts are retried for a day."),
    Result.NO_ANSWER: marked("It didn't respond: %(answer)s. Alerts are retried for a day."),
}

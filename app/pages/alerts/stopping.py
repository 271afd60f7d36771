"""The page that stops alert emails to someone, by a link in each of them. No one has to sign in for it.

Programs that check links open them, so only its button stops anything.
"""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from app.billing.alerts import stopping
from app.billing.alerts.stopping import StopLinkError
from app.extensions import db, limiter
from app.models.scope import scope_to
from app.transaction import transaction
from app.web import errors
from app.web.rate_limits import OFTEN

blueprint = Blueprint("alert_emails", __name__, url_prefix="/stop-alerts")


@blueprint.route("/<token>", methods=["GET", "POST"])
@limiter.limit(OFTEN)
def stop(token: str) -> str | Response:
    """Ask, and stop."""
    org_id, channel_id = stopping.read(token)
    scope_to(db.session(), org_id)
    organization, _ = stopping.find(org_id, channel_id)
    if request.method != "POST":
        return render_template("alerts/stop.html", organization=organization, is_done=False)
    with transaction():
        stopping.stop(org_id, channel_id, address=request.remote_addr)
    return render_template("alerts/stop.html", organization=organization, is_done=True)


@blueprint.errorhandler(StopLinkError)
def _over(_: StopLinkError) -> Response:
    return errors.page(
        404,
        title="These messages have stopped",
        message="The link is for messages that no longer go to you.",
        next_step="If you still get some, write to support.",
    )

"""The page that stops alert emails to someone, by a link in each of them. No one has to sign in for it.

Programs that check links open them, so only a POST stops anything: the page's button, or the one that a reader's
program shows for the header `List-Unsubscribe` (RFC 8058). That program has no form token of ours: the signed link is
what proves that the email was theirs.
"""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from app.billing.alerts import stopping
from app.billing.alerts.stopping import StopLinkError
from app.billing.mail import opting_out
from app.billing.mail.opting_out import OptOut, OptOutLinkError
from app.extensions import csrf, db, limiter
from app.language import gettext
from app.models import Organization
from app.models.scope import scope_to
from app.transaction import transaction
from app.web import error_pages

blueprint = Blueprint("alert_emails", __name__, url_prefix="/stop-alerts")
csrf.exempt(blueprint)

OFTEN = "600 per minute"
"""Many readers have the same mail provider, whose program stops emails for all of them."""


@blueprint.route("/<token>", methods=["GET", "POST"])
@limiter.limit(OFTEN)
def stop(token: str) -> str | Response:
    """Ask, and stop; or start again what was stopped here."""
    try:
        return _emails(opting_out.read(token))
    except OptOutLinkError:
        return _channel(token)


def _emails(one: OptOut) -> str:
    """Of a link for one kind of emails to one address."""
    scope_to(db.session(), one.org_id)
    organization = db.session.get(Organization, one.org_id)
    if organization is None:
        raise StopLinkError
    if request.method == "POST":
        change = stopping.resume_emails if "again" in request.form else stopping.stop_emails
        with transaction():
            change(one, address=request.remote_addr)
    return render_template(
        "alerts/stop_emails.html",
        organization=organization,
        one=one,
        is_stopped=stopping.is_stopped(one),
        can_resume=stopping.can_resume(one),
    )


def _channel(token: str) -> str:
    """Of a link for all messages to someone without a billing role."""
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
    return error_pages.page(
        404,
        title=gettext("These messages have stopped"),
        message=gettext("This link is for messages that you no longer get."),
        next_step=gettext("If you still get some, write to support."),
    )

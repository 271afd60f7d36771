"""`/account/sessions`: end one of one's own sessions, or all of them."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.language import gettext
from app.pages.account.blueprint import blueprint
from app.pages.actor import current_actor
from app.people import own_sessions
from app.transaction import transaction
from app.web import leaving
from app.web.identity import current_identity, person_required


@blueprint.post("/sessions/<uuid:session_id>/sign-out")
@person_required
def end_session(session_id: UUID) -> Response:
    """End one session; one that has ended meanwhile is as ended as it should be."""
    with transaction():
        own_sessions.end_one(current_identity(), session_id, current_actor())
    flash(gettext("That browser is signed out."))
    return redirect(url_for("account.show", _anchor="sessions"))


@blueprint.post("/sessions/sign-out")
@person_required
def end_sessions() -> Response:
    """End every session, this one too, or every one but this (`which` is `others`)."""
    who = current_identity()
    if request.form.get("which") == "others":
        with transaction():
            own_sessions.end_others(who, current_actor())
        flash(gettext("Every other browser is signed out."))
        return redirect(url_for("account.show", _anchor="sessions"))
    with transaction():
        own_sessions.end_all(who, current_actor())
        leaving.forget()
    flash(gettext("You're signed out everywhere."))
    return redirect(url_for("auth.sign_in"))

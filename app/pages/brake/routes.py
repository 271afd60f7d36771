"""The brake of auto top-up: its question, the answer, and taking an answer back."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.billing.brake import answering
from app.billing.brake.answering import AnsweredAlreadyError
from app.extensions import limiter
from app.language import gettext, marked, translated
from app.models import BrakeAnswer, Organization
from app.pages.actor import current_actor
from app.pages.brake import view
from app.web.formatting import moment
from app.web.identity import current_organization, org_admin_required
from app.web.rate_limits import OFTEN
from app.web.resend import Field, resendable
from app.web.step_up import Change, confirmation_required

blueprint = Blueprint("brake", __name__, url_prefix="/billing/wallet/auto-top-up/brake")

_WORDS = {
    BrakeAnswer.ONCE.value: marked("Continue this time"),
    BrakeAnswer.FOR_GOOD.value: marked("Continue for good"),
}


def summarize_answer(_: Organization, typed: MultiDict[str, str]) -> Iterable[Field]:
    """The answer as its button says it; which stop it is for isn't shown."""
    chosen = typed.get("answer", "")
    yield Field("stop", typed.get("stop", ""), "", "")
    yield Field("answer", chosen, gettext("Automatic top-ups"), translated(_WORDS.get(chosen, "")))


@blueprint.get("")
@org_admin_required
def show() -> Response:
    """What waits for an answer, or what was answered last."""
    return _draw()


@blueprint.post("")
@org_admin_required
@confirmation_required(Change.BRAKE)
@resendable(summarize_answer)
@limiter.limit(OFTEN)
def answer() -> Response:
    """Let automatic charges continue, this time or for good. A stop that someone has answered stays as it is."""
    try:
        chosen = BrakeAnswer(request.form.get("answer", ""))
        stop_id = UUID(request.form.get("stop", ""))
    except ValueError:
        return _draw(gettext("Choose an answer."), status=422)
    if chosen is BrakeAnswer.SWITCHED_OFF:
        return _draw(gettext("Choose an answer."), status=422)
    try:
        stop = answering.answer(current_organization(), stop_id, chosen, current_actor())
    except (AnsweredAlreadyError, LookupError):
        return _draw(gettext("This was already answered. Nothing was changed."), status=409)
    if stop.until is not None:
        flash(
            gettext(
                "Automatic top-ups continue until %(time)s. All owners were notified by email.",
                time=moment(stop.until),
            )
        )
    else:
        flash(gettext("Automatic top-ups continue. All owners were notified by email."))
    return redirect(url_for("brake.show"), 303)


@blueprint.post("/ask-again")
@org_admin_required
@limiter.limit(OFTEN)
def ask_again() -> Response:
    """Ask again whenever an hour takes more than usual, whatever was answered for good."""
    answering.forget(current_organization(), current_actor())
    flash(gettext("From now on, we ask again when more than usual is spent within an hour."))
    return redirect(url_for("brake.show"), 303)


def _draw(error: str | None = None, *, status: int = 200) -> Response:
    page = view.gather(current_organization())
    return make_response(render_template("brake/show.html", page=page, error=error), status)

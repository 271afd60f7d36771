"""`/confirm`: the page that asks again who it is, and continues with what was stopped for it."""

from __future__ import annotations

from flask import Response as JsonResponse
from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.extensions import limiter
from app.language import gettext
from app.own_pages import own_address
from app.pages.auth import failures
from app.pages.auth.blueprint import blueprint
from app.people import confirmation, sessions
from app.transaction import transaction
from app.web import attempts, carried, which_organization
from app.web.attempts import Kind, TooManyAttemptsError
from app.web.identity import current_identity, person_required
from app.web.parts import wants_region
from app.web.rate_limits import OFTEN
from app.web.step_up import Change, form_context


@blueprint.route("/confirm", methods=["GET", "POST"])
@person_required
def confirm() -> Response:
    """Ask, and continue to `next`; or to the form that was stopped, to be sent by the person."""
    if request.method != "POST":
        return _page(200)
    who = current_identity()
    try:
        attempt = attempts.begin(Kind.CONFIRMATION, who.user.email, browser=who.token)
    except TooManyAttemptsError as refused:
        failures.count_confirmation()
        return _page(429, str(refused))
    with transaction():
        problem = confirmation.verify(who, request.form)
        if problem is None and confirmation.counts_from_now(request.form):
            sessions.confirm(who)
    if problem is not None:
        failures.count_confirmation()
        return _page(422, problem)
    attempt.succeeded()
    return _continue()


@blueprint.post("/confirm/passkey/challenge")
@person_required
@limiter.limit(OFTEN)
def confirm_challenge() -> JsonResponse:
    """What a browser needs to confirm with a passkey of the person who is signed in."""
    with transaction():
        options = confirmation.passkey_options(current_identity())
    return JsonResponse(options, mimetype="application/json")


def _continue() -> Response:
    if wants_region():
        return make_response("", 204)
    way_back = own_address(request.form.get("next"), otherwise=url_for("overview.show"))
    form = request.form.get("form")
    if form is None:
        return redirect(way_back, 303)
    who = current_identity()
    if who.organization is not None and who.is_org_admin:
        again = which_organization.confirm_resend(form, carried.typed_of(request.form), who.organization)
        if again is not None:
            return again
    flash(gettext("Thanks, you're confirmed. Nothing was changed yet: press the button again."))
    return redirect(way_back, 303)


def _page(status: int, problem: str = "") -> Response:
    given = request.form if request.method == "POST" else request.args
    why = given.get("why", "").upper()
    context = form_context(
        Change[why] if why in Change.__members__ else None,
        next_=own_address(given.get("next"), otherwise=url_for("overview.show")),
        form=given.get("form", "") if request.method == "POST" else "",
        problem=problem,
        tried=given.get("method", ""),
    )
    fields = [
        (name, value) for name, value in request.form.items(multi=True) if name.startswith(carried.TYPED)
    ]
    template = "auth/_confirm.html" if wants_region() else "auth/confirm.html"
    return make_response(render_template(template, **context | {"fields": fields}), status)

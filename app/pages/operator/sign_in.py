"""Signing in to the console and out of it."""

from __future__ import annotations

import structlog
from flask import flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app.operators import sessions, sign_ins, trail
from app.own_pages import own_console_address
from app.pages.operator.blueprint import KEPT, blueprint, doer, signed_in
from app.pages.operator.forms import SignInForm
from app.pages.operator.refused_forms import refuse, shown
from app.transaction import transaction
from app.web import attempts, known_devices
from app.web.attempts import Kind, TooManyAttemptsError
from app.web.identity import device_in_use
from app.web.text_guard import keeps_typed

log = structlog.get_logger("billing.operator")

WRONG = "Incorrect email, password or code. Wait for the app's next code and try again."


def account_of(email: str) -> str:
    """What attempts at an operator's account are counted by: apart from those at an owner's of the same address."""
    return f"operator:{email}"


@blueprint.route("/sign-in", methods=["GET", "POST"])
@keeps_typed(SignInForm)
def sign_in() -> str | Response:
    """Sign in with address, password and code, then go on to what was asked for."""
    if request.method != "POST":
        if signed_in() is not None:
            return redirect(own_console_address(request.args.get("next")) or url_for("operator.find"))
        form = shown(SignInForm, next=request.args.get("next", ""))
        return render_template("operator/sign_in.html", form=form)
    form = SignInForm()
    if not form.validate():
        return _refused(form)
    email = form.email.data or ""
    try:
        attempt = attempts.begin(Kind.OPERATOR, account_of(email))
    except TooManyAttemptsError as refused:
        log.warning("operator_sign_in_refused", address=request.remote_addr)
        form.password.errors = [str(refused)]
        return _refused(form)
    token = sign_ins.sign_in(
        email,
        form.password.data or "",
        form.code.data or "",
        device=device_in_use(),
        address=request.remote_addr,
    )
    if token is None:
        log.warning("operator_sign_in_failed", address=request.remote_addr)
        form.password.errors = [WRONG]
        return _refused(form)
    attempt.succeeded()
    return admit(token, email, own_console_address(form.next.data) or url_for("operator.find"))


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End the session, also on the server."""
    who = signed_in()
    if who is not None:
        with transaction():
            sessions.end(who.token)
            trail.record(doer(), "operator.signed_out")
    session.clear()
    flash("You're signed out.")
    return redirect(url_for("operator.sign_in"), 303)


def admit(token: str, email: str, way_on: str) -> Response:
    """Begin another session in the browser: what it had before, its form tokens too, opens nothing any more."""
    before = signed_in()
    if before is not None:
        with transaction():
            sessions.end(before.token)
    session.clear()
    session[KEPT] = token
    response = redirect(way_on, 303)
    known_devices.remember(response, account_of(email))
    return response


def _refused(form: SignInForm) -> Response:
    return refuse(form, url_for("operator.sign_in", next=own_console_address(form.next.data) or None))

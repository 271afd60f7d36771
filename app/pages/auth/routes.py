"""Sign in, sign out, switch the organization in view."""

from __future__ import annotations

from uuid import UUID

import structlog
from flask import flash, redirect, render_template, request, session, url_for
from flask_login import login_user
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from app import openid
from app.language import gettext, marked, translated
from app.own_pages import own_address
from app.pages.actor import current_actor
from app.pages.auth import failures
from app.pages.auth.beginning import admit, asks_for_factor, begin_and_notify
from app.pages.auth.blueprint import blueprint
from app.pages.auth.forms import SignInForm
from app.people import (
    accounts,
    identification,
    organizations,
    own_trail,
    passwords,
    sessions,
)
from app.transaction import transaction
from app.web import attempts, carried, error_pages, form_refusals, leaving, which_organization
from app.web.attempts import Kind, TooManyAttemptsError
from app.web.form_tokens import ForeignOriginError, FormRefusedError
from app.web.identity import (
    ask_to_sign_in,
    current_identity,
    current_organization,
    identity,
    session_limits,
)
from app.web.text_guard import keeps_typed

log = structlog.get_logger("billing.auth")

_WRONG = marked("Incorrect email or password. Check both and try again.")
_STILL_THERE = "signed_in_at_provider"
_STALE = marked("This page was open for a long time. Enter your password and sign in again.")


@blueprint.get("/")
def home() -> Response:
    """Redirect to the overview, which asks to sign in if necessary."""
    return redirect(url_for("overview.show"))


@blueprint.route("/sign-in", methods=["GET", "POST"])
@keeps_typed(SignInForm)
def sign_in() -> str | Response | tuple[str, int]:
    """Sign in with email and password, then continue to the requested page."""
    form = SignInForm(next=request.args.get("next", ""))
    if request.method != "POST":
        return redirect(_way_back(form)) if identity() else sign_in_page(form)
    if not form.validate():
        return sign_in_page(form), 422
    email = form.email.data or ""
    try:
        attempt = attempts.begin(Kind.PASSWORD, email)
    except TooManyAttemptsError as refused:
        failures.count(email)
        log.info("sign_in_refused", address=request.remote_addr)
        form.password.errors = [str(refused)]
        return sign_in_page(form), 429
    user = organizations.find_user(email)
    password, known = form.password.data or "", user.password_hash if user else None
    if not passwords.verify(password, known) or user is None:
        return _wrong(form)
    way_back = _way_back(form)
    fresh = passwords.hash_password(password) if passwords.is_outdated(known or "") else known
    with transaction():
        # Verifying takes its time: a password that was changed meanwhile opens nothing anymore.
        is_current = accounts.lock(user).password_hash == known
        begun = None
        if is_current:
            user.password_hash = fresh
            if not asks_for_factor(user, way_back):
                begun = begin_and_notify(user, way_back, by="password")
    if not is_current:
        return _wrong(form)
    attempt.succeeded()
    return admit(begun, way_back)


def _wrong(form: SignInForm) -> tuple[str, int]:
    failures.count(form.email.data or "")
    log.info("sign_in_failed", address=request.remote_addr)
    form.password.errors = [translated(_WRONG)]
    return sign_in_page(form), 422


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End the session, also on the server."""
    who = identity()
    with transaction():
        if who is not None:
            sessions.end(who.token)
            own_trail.record(who.user, current_actor(), "user.signed_out")
        leaving.forget()
    if who is not None and who.vouched and not who.ends_at and openid.current() is not None:
        session[_STILL_THERE] = True
    flash(gettext("You're signed out."))
    came_from = own_address(request.form.get("next"), otherwise="")
    return redirect(url_for("auth.sign_in", next=came_from or None))


@blueprint.post("/organization")
def switch_organization() -> Response:
    """Switch to another of the person's organizations; a form refused for the wrong one continues there."""
    who = identity()
    if who is None:
        return ask_to_sign_in()
    try:
        with transaction():
            switched = sessions.switch(who, UUID(request.form.get("organization", "")))
    except ValueError:
        switched = False
    if not switched:
        return error_pages.page(404, message=gettext("You aren't in that organization."))
    login_user(identification.identify(who.token, session_limits()))
    if "form" in request.form and (asked := _asked_again(request.form["form"])):
        return asked
    organization = current_organization()
    # A page that stays open shows this itself; on the next page it would be too late.
    if "stays" not in request.form and (not who.organization or who.organization.id != organization.id):
        flash(gettext("You're now viewing %(organization)s.", organization=organization.name))
    return redirect(own_address(request.form.get("next"), otherwise=url_for("overview.show")))


def _asked_again(form: str) -> Response | None:
    who = current_identity()
    if who.organization is None or not who.is_org_admin:
        return None
    return which_organization.confirm_resend(form, carried.typed_of(request.form), who.organization)


def _way_back(form: SignInForm) -> str:
    return own_address(form.next.data, otherwise=url_for("overview.show"))


@blueprint.errorhandler(CSRFError)
def _refused_form(error: CSRFError) -> Response | tuple[str, int]:
    """A sign-in page that was open for too long is shown again; a password is never included for resending."""
    if request.endpoint != "auth.sign_in" or isinstance(error, ForeignOriginError):
        return form_refusals.refused_form(error)
    form = SignInForm()
    if isinstance(error, FormRefusedError) and form_refusals.cookies_seem_blocked(error.token):
        form.password.errors = [form_refusals.blocked_cookies()]
    else:
        form.password.errors = [translated(_STALE)]
    return sign_in_page(form), 400


def sign_in_page(form: SignInForm) -> str:
    """The sign-in page. Someone who has signed out may still be signed in at the identity provider."""
    return render_template(
        "auth/sign_in.html", form=form, is_still_there=session.pop(_STILL_THERE, False) is True
    )

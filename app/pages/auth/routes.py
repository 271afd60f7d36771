"""Sign in, sign out, switch the organization in view."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import structlog
from flask import flash, redirect, render_template, request, session, url_for
from flask_login import login_user
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from app import openid
from app.billing.audit import Actor
from app.language import gettext, marked, translated
from app.models import User
from app.own_pages import PARAMETER, own_address
from app.pages.actor import current_actor
from app.pages.auth import failures, waiting
from app.pages.auth.blueprint import blueprint
from app.pages.auth.forms import SignInForm
from app.people import (
    accounts,
    confirmation,
    identification,
    organizations,
    own_trail,
    passwords,
    sessions,
    sign_ins,
)
from app.people.factors import pending_sign_ins, status
from app.people.identification import Identity, Vouched
from app.people.own_trail import Proof
from app.transaction import transaction
from app.web import attempts, error_pages, form_refusals, known_devices, leaving
from app.web.attempts import Kind, TooManyAttemptsError
from app.web.form_tokens import ForeignOriginError, FormRefusedError
from app.web.identity import (
    ask_to_sign_in,
    current_identity,
    current_organization,
    device_in_use,
    identity,
    session_limits,
)
from app.web.languages import browser_locale
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


def asks_for_factor(user: User, way_back: str, vouched: Vouched | None = None) -> bool:
    """Whether someone whose password was right, or whom an identity provider sent without a second factor, has one
    here: then this browser waits for it from now on, and
    what it was signed in to before ends. In the caller's transaction, instead of `begin_session`."""
    if not status.has_any(user.id) or (vouched is not None and vouched.used_factor):
        return False
    who = identity()
    if who is not None:
        sessions.end(who.token)
    session.clear()
    waiting.remember(pending_sign_ins.begin(user, vouched.identity_id if vouched else None), way_back)
    return True


def begin_and_notify(
    user: User,
    way_back: str,
    *,
    by: Proof,
    vouched: Vouched | None = None,
    org_id: UUID | None = None,
    confirmed_at: datetime | None = None,
) -> Identity | None:
    """Begin a session, and tell the person by email if this browser is new to their account. In the caller's
    transaction."""
    begun = begin_session(
        user, by=by, wanted=way_back, org_id=org_id, vouched=vouched, confirmed_at=confirmed_at
    )
    if known_devices.is_new(user):
        sign_ins.notify(user, device=device_in_use(), address=request.remote_addr)
    return begun


def admit(begun: Identity | None, way_back: str) -> Response:
    """Sign in with a session that has begun and been committed, and continue to where the person was going; without
    one, ask for the second factor."""
    if begun is None:
        return redirect(url_for("auth.second_factor"))
    login_user(begun)
    response = redirect(way_back)
    known_devices.remember(response, begun.user.email)
    return response


def begin_session(
    user: User,
    *,
    by: Proof,
    org_id: UUID | None = None,
    wanted: str = "",
    continues: bool = False,
    vouched: Vouched | None = None,
    confirmed_at: datetime | None = None,
) -> Identity | None:
    """Begin a new session for `user`, discarding the browser's previous one. In the caller's transaction. `by` is
    what they proved who they are with, for the audit trail. `continues`: they are signed in, and only the token
    changes; the session ends when it would have, because nothing but signing in makes it last longer, and one that
    the shell began stays in its organization.

    After the commit the caller signs in with it (`login_user`). The organization in view is `org_id`, or the one that
    the URL `wanted` names, if they belong to it. It counts as a confirmation only if `by` proves as much: else who
    has a stolen session could confirm with a link of their own making, or with the password where that isn't enough.
    `vouched` is set if an identity provider signed them in, `confirmed_at` is when they proved there who they are.
    """
    who = identity()
    if who is not None and who.user.id == user.id and not confirmation.is_proved_by(user, by):
        confirmed_at = who.confirmed_at
    before = who if continues else None
    if before is not None and before.ends_at is not None and before.organization is not None:
        org_id = before.organization.id
    if who is not None:
        sessions.end(who.token)
    session.clear()
    token = sessions.start(
        user,
        org_id=org_id,
        device=device_in_use(),
        address=request.remote_addr,
        language=browser_locale(),
        begun_at=before.begun_at if before is not None else None,
        confirmed_at=confirmed_at,
        vouched=before.vouched if before is not None else vouched,
        ends_at=before.ends_at if before is not None else None,
    )
    actor = Actor(user.email, user.id, request.remote_addr)
    own_trail.record(user, actor, "user.signed_in", by=by, new_browser=known_devices.is_new(user))
    found = identification.identify(token, session_limits())
    [slug] = parse_qs(urlsplit(wanted).query).get(PARAMETER, [""])[:1]
    seat = next((one for one in found.seats if one.slug == slug), None) if found else None
    if found and seat and sessions.switch(found, seat.id):
        found = identification.identify(token, session_limits())
    return found


def _asked_again(form: str) -> Response | None:
    who = current_identity()
    if who.organization is None or not who.is_org_admin:
        return None
    return form_refusals.confirm_resend(form, form_refusals.typed_of(request.form), who.organization)


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

"""`/auth/shell`: the shell signs someone in. Its element posts a token into the frame, renews the session so, and
ends it when the person signs out of the shell."""

from __future__ import annotations

import structlog
from flask import jsonify, make_response, redirect, render_template, request, session, url_for
from flask_login import login_user
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.own_pages import own_address
from app.pages.actor import current_actor
from app.pages.auth import shell_connection, shell_limits, shell_refusals
from app.pages.auth.blueprint import blueprint
from app.people import identification, left_pages, own_trail, sessions, shell_people, used_tokens
from app.people.identification import Identity
from app.shell import Reason, Shell, ShellSignInError, ShellToken
from app.shell import current as trusted_shell
from app.transaction import end_reading, transaction
from app.web import form_tokens, leaving
from app.web.database import retry_when_locked
from app.web.form_tokens import FormToken
from app.web.frames import ENTRANCE, is_framed
from app.web.identity import device_in_use, identity, session_limits
from app.web.languages import browser_locale
from app.web.marks import posted_by_shell
from app.web.step_up import is_confirmed

log = structlog.get_logger("billing.shell")

_OTHERS_PAGE = "the frame shows another's page"
_NO_ROLE = "none of the roles means something here"


@blueprint.post(ENTRANCE)
@posted_by_shell
def enter_from_shell() -> Response:
    """Sign in with a token, and continue to `path`; with `renew`, let the session of the same person go on."""
    try:
        shell = trusted_shell()
        if shell is None:
            raise ShellSignInError(Reason.NOT_SET_UP, "SHELL_ISSUER is not set")
        # The keys may have to be fetched: no connection is held meanwhile.
        end_reading()
        posted = request.form.get("token", "")
        token = shell_limits.read(request.remote_addr, lambda: shell.read(posted))
        if not retry_when_locked(lambda: used_tokens.use(token.issuer, token.id, token.expires_at)):
            raise ShellSignInError(Reason.REPLAYED, "jti was used before")
        return _renew(shell, token) if request.form.get("renew") else _begin(shell, token)
    except ShellSignInError as error:
        if error.reason is Reason.CONNECT_FIRST and not (is_framed() or request.form.get("renew")):
            return shell_connection.begin(token)
        return shell_refusals.respond(error)


@blueprint.get(ENTRANCE)
def arrive_from_shell() -> Response:
    """Continue to the page that the shell shows; or say that the browser kept no cookie, so no one is signed in, or
    that the shell's server gave its element no token."""
    if "without-token" in request.args:
        return shell_refusals.without_token(request.args["without-token"])
    path = own_address(request.args.get("path"), otherwise=url_for("overview.show"))
    if identity() is not None:
        return redirect(path, 303)
    log.warning("shell_cookies_blocked", device=device_in_use())
    return make_response(render_template("auth/frame_blocked.html", path=path), 403)


@blueprint.delete(ENTRANCE)
@posted_by_shell
def leave_with_shell() -> Response:
    """End the session of this browser, whatever page is in the frame: the person has signed out of the shell."""
    who = identity()
    with transaction():
        if who is not None:
            sessions.end(who.token)
            only = who.organization.id if who.organization and who.ends_at else None
            own_trail.record(who.user, current_actor(), "user.signed_out", only=only)
        leaving.forget()
    return make_response("", 204)


def _begin(shell: Shell, token: ShellToken) -> Response:
    who = identity()
    if who is not None and who.ends_at is not None:
        if _goes_on(shell, token, who):
            return _lead_on()
        # Also where the token opens nothing: what the shell began isn't left to who is at it next.
        before = who.token
        retry_when_locked(lambda: sessions.end(before))
    _sign_in(_start(shell, token, who), who)
    return _lead_on()


def _goes_on(shell: Shell, token: ShellToken, who: Identity) -> bool:
    """Whether the session in this browser is the token's, and is renewed instead of ended: pages of the shell that
    are open beside each other, or one after the other, share it.

    A token that doesn't say when its person signed in begins another once the last confirmation is too old: to come
    again is then how they confirm.
    """
    if not shell_people.is_about(token, who) or not (token.signed_in_at or is_confirmed()):
        return False
    try:
        return retry_when_locked(lambda: shell_people.renew(shell, token, who, request.remote_addr))
    except ShellSignInError:
        return False


def _lead_on() -> Response:
    path = own_address(request.form.get("path"), otherwise=url_for("overview.show"))
    return redirect(url_for("auth.arrive_from_shell", path=path), 303)


def _renew(shell: Shell, token: ShellToken) -> Response:
    """Let the session go on, or where it has ended, begin another that the page in the frame continues in. Raises
    `ShellSignInError`, also where the page was drawn for someone else: the token is of who is at the shell now."""
    who = identity()
    drawn_for = form_tokens.read(request.form.get("page"))
    lasts = int(shell.session_lasts.total_seconds())
    answer = {"ends_in": lasts, "renews_in": shell.renews_in(utc_now() + shell.session_lasts)}
    if who is None:
        if drawn_for is None:
            raise ShellSignInError(Reason.OTHER_SESSION, "no one is signed in")
        _sign_in(_start(shell, token, None, drawn_for), None)
        return make_response(jsonify(answer | {"form_token": form_tokens.form_token()}))
    if drawn_for is not None and not _continues(drawn_for, who):
        raise ShellSignInError(Reason.OTHER_SESSION, _OTHERS_PAGE)
    confirms = "confirm" in request.form
    if not retry_when_locked(
        lambda: shell_people.renew(shell, token, who, request.remote_addr, confirms=confirms)
    ):
        raise ShellSignInError(Reason.UNKNOWN_ROLE, _NO_ROLE)
    return make_response(jsonify(answer))


def _start(
    shell: Shell, token: ShellToken, before: Identity | None, drawn_for: FormToken | None = None
) -> Identity:
    """A session for the token, in place of the one before. Raises `ShellSignInError`, also if the page in the frame
    was drawn for someone else, or before a sign-out: nothing of theirs goes on."""
    begun = retry_when_locked(lambda: _start_once(shell, token, before, drawn_for))
    if begun is None:
        raise ShellSignInError(Reason.UNKNOWN_ROLE, _NO_ROLE)
    return begun


def _start_once(
    shell: Shell, token: ShellToken, before: Identity | None, drawn_for: FormToken | None
) -> Identity | None:
    """In the caller's transaction; None if the token gives no role."""
    if drawn_for is not None and left_pages.are_left(drawn_for.secret):
        raise ShellSignInError(Reason.OTHER_SESSION, "the person of the page has signed out")
    admitted = shell_people.admit(token, request.remote_addr)
    if admitted is None:
        return None
    user, identity_id = admitted
    if before is not None:
        sessions.end(before.token)
    session_token = shell_people.begin(
        shell,
        token,
        user,
        identity_id,
        device=device_in_use(),
        address=request.remote_addr,
        language=browser_locale(),
        # A page that goes on asked for the token by itself, unless it says that the person was asked.
        confirms=drawn_for is None or "confirm" in request.form,
    )
    begun = identification.identify(session_token, session_limits())
    if begun is not None and drawn_for is not None and not _continues(drawn_for, begun):
        raise ShellSignInError(Reason.OTHER_SESSION, _OTHERS_PAGE)
    return begun


def _continues(drawn_for: FormToken, begun: Identity) -> bool:
    """Whether a page was drawn for no one, or for the same person and organization."""
    slug = begun.organization.slug if begun.organization else None
    return drawn_for.person is None or (drawn_for.person, drawn_for.organization) == (
        str(begun.user.id),
        slug,
    )


def _sign_in(begun: Identity, before: Identity | None) -> None:
    """Let the browser have the session. Other tabs of the same person's keep the forms that they show."""
    secret = (
        session.get(form_tokens.FIELD) if before is not None and before.user.id == begun.user.id else None
    )
    session.clear()
    if secret is not None:
        session[form_tokens.FIELD] = secret
    login_user(begun)

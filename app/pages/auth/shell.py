"""`/auth/shell`: the shell signs someone in. Its element posts a token into the frame, and renews the session so."""

from __future__ import annotations

import structlog
from flask import jsonify, make_response, redirect, render_template, request, session, url_for
from flask_login import login_user
from werkzeug.wrappers import Response

from app.own_pages import own_address
from app.pages.auth import shell_connection, shell_refusals
from app.pages.auth.blueprint import blueprint
from app.people import sessions, shell_people, used_tokens
from app.shell import Reason, Shell, ShellSignInError, ShellToken
from app.shell import current as trusted_shell
from app.transaction import end_reading, transaction
from app.web.frames import ENTRANCE, is_framed
from app.web.identity import device_in_use, identity, session_limits
from app.web.marks import posted_by_shell

log = structlog.get_logger("billing.shell")

_NO_ROLE = "none of the roles means something here"


@blueprint.post(ENTRANCE)
@posted_by_shell
def enter_from_shell() -> Response:
    """Sign in with a token, and continue to `path`; with `renew`, let the session of the same person go on."""
    try:
        shell = trusted_shell()
        # The keys may have to be fetched: no connection is held meanwhile.
        end_reading()
        token = shell.read(request.form.get("token", ""))
        with transaction():
            is_first_use = used_tokens.use(token.issuer, token.id, token.expires_at)
        if not is_first_use:
            raise ShellSignInError(Reason.REPLAYED, "jti was used before")
        return _renew(shell, token) if request.form.get("renew") else _begin(shell, token)
    except ShellSignInError as error:
        if error.reason is Reason.CONNECT_FIRST and not is_framed():
            return shell_connection.begin(token)
        return shell_refusals.respond(error)


@blueprint.get(ENTRANCE)
def arrive_from_shell() -> Response:
    """Continue to the page that the shell shows; or say that the browser kept no cookie, so no one is signed in."""
    path = own_address(request.args.get("path"), otherwise=url_for("overview.show"))
    if identity() is not None:
        return redirect(path, 303)
    log.warning("shell_cookies_blocked", device=device_in_use())
    return make_response(render_template("auth/frame_blocked.html", path=path), 403)


def _begin(shell: Shell, token: ShellToken) -> Response:
    who = identity()
    if who is not None and who.ends_at is not None:
        # Also where the token opens nothing: what the shell began isn't left to who is at it next.
        with transaction():
            sessions.end(who.token)
    with transaction():
        admitted = shell_people.admit(token, request.remote_addr)
        begun = None
        if admitted is not None:
            user, identity_id = admitted
            if who is not None:
                sessions.end(who.token)
            session_token = shell_people.begin(
                shell, token, user, identity_id, device=device_in_use(), address=request.remote_addr
            )
            begun = sessions.identify(session_token, session_limits())
    if begun is None:
        raise ShellSignInError(Reason.UNKNOWN_ROLE, _NO_ROLE)
    session.clear()
    login_user(begun)
    path = own_address(request.form.get("path"), otherwise=url_for("overview.show"))
    return redirect(url_for("auth.arrive_from_shell", path=path), 303)


def _renew(shell: Shell, token: ShellToken) -> Response:
    who = identity()
    if who is None:
        raise ShellSignInError(Reason.OTHER_SESSION, "no one is signed in")
    with transaction():
        is_renewed = shell_people.renew(shell, token, who, request.remote_addr)
    if not is_renewed:
        raise ShellSignInError(Reason.UNKNOWN_ROLE, _NO_ROLE)
    return make_response(jsonify(ends_in=int(shell.session_lasts.total_seconds())))

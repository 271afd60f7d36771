"""The console's blueprint, and who is signed in to it. An owner's session counts nothing here, nor the other way."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

import click
from flask import Blueprint, Response, abort, current_app, g, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.operators import sessions
from app.operators.sessions import SignedIn
from app.operators.trail import Doer
from app.own_pages import own_console_address
from app.transaction import check_before_commits, transaction
from app.web import content_security_policy
from app.web.identity import continue_unidentified
from app.web.origins import SAFE

P = ParamSpec("P")
R = TypeVar("R")

blueprint = Blueprint("operator", __name__, url_prefix="/operator")
KEPT = "operator"
"""Where the console's own cookie has the token of its session."""


class SessionOverError(Exception):
    """The session, or the account, ended while the request waited for a lock. Nothing was changed."""


def operator_required(view: Callable[P, R]) -> Callable[P, R | AnyResponse]:
    """Serve the view to operators who are signed in; others sign in first, and then go on."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | AnyResponse:
        who = signed_in()
        if who is None:
            came_for = request.full_path.rstrip("?") if request.method in SAFE else None
            return redirect(url_for("operator.sign_in", next=own_console_address(came_for) or None))
        if sessions.should_touch(who):
            with transaction():
                sessions.touch(who)
        if request.method not in SAFE:
            check_before_commits(_check_still_there)
        return view(*args, **kwargs)

    guarded.operator_required = True  # type: ignore[attr-defined]
    return guarded


def finance_required(view: Callable[P, R]) -> Callable[P, R | AnyResponse]:
    """As `operator_required`, for the role that may grant credit: others get 403."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | AnyResponse:
        if not current().operator.may_grant:
            abort(403)
        return view(*args, **kwargs)

    return operator_required(guarded)


def also_command(*path: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Say which command does the same as the view: `also_command("credit", "grant")`."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.command = path  # type: ignore[attr-defined]
        return view

    return mark


def command_of(endpoint: str) -> click.Command | None:
    """The command that does the same as a view of the console; None if there is none."""
    found: click.Command | None = current_app.cli
    for name in getattr(current_app.view_functions[endpoint], "command", ("",)):
        found = found.commands.get(name) if isinstance(found, click.Group) else None
    return found


def signed_in() -> SignedIn | None:
    """Who is signed in to the console, looked up once for each request."""
    if "console_operator" not in g:
        token = session.get(KEPT)
        g.console_operator = sessions.identify(token) if isinstance(token, str) else None
    return cast("SignedIn | None", g.console_operator)


def current() -> SignedIn:
    """The same, behind a guard."""
    who = signed_in()
    if who is None:
        abort(401)
    return who


def doer() -> Doer:
    """Who acts, for the trails."""
    return Doer(current().operator, request.remote_addr)


@blueprint.before_request
def _nobodys_but_an_operators() -> None:
    continue_unidentified()


@blueprint.context_processor
def _operator() -> dict[str, object]:
    who = signed_in()
    return {"operator": who.operator if who is not None else None}


@blueprint.after_request
def harden(response: Response) -> Response:
    """No frame shows the console, not even the shell's; nothing of Stripe's runs in it; no other site is told where
    in it a link was."""
    settings = current_app.config["SETTINGS"]
    response.headers["Content-Security-Policy"] = content_security_policy.console_policy(settings)
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _check_still_there() -> None:
    if sessions.identify(current().token) is None:
        raise SessionOverError

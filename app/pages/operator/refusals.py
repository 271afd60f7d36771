"""What the console says where something is refused or isn't there: its own pages, not those of owners."""

from __future__ import annotations

import structlog
from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from app.database.conditions import condition_of, first_line
from app.pages.operator.blueprint import SessionOverError, harden, signed_in
from app.web import errors
from app.web.database import is_locked, is_unavailable
from app.web.form_tokens import ForeignOriginError
from app.web.logs import path, request_id
from app.web.text_guard import UnstorableTextError

log = structlog.get_logger("billing.operator")

_WORDS = {
    403: ("Not in your role", "Your role doesn't include this. Someone with the finance role can do it."),
    404: ("Nothing here", "There is nothing at this address, or not in this organization."),
    413: ("Too large", "What was sent is larger than this page accepts. Nothing was changed."),
    429: ("Too many requests", "Wait a minute and try again."),
}
_KINDS: dict[type[Exception], tuple[int, str, str]] = {
    ForeignOriginError: (400, "This form came from another site", "Nothing was changed."),
    CSRFError: (
        400,
        "This form is out of date",
        "It was open for too long, or you have signed in again since. Nothing was changed. Open the page again.",
    ),
    RateLimitExceeded: (429, *_WORDS[429]),
    UnstorableTextError: (400, "This text can't be used", "It has a character that can't be stored."),
}
_OTHER = ("This couldn't be done", "Something in the request is missing or invalid. Nothing was changed.")


def init_app(app: Flask) -> None:
    """Answer errors below `/operator`."""
    errors.answer_otherwise(app, "/operator", _answer)


def _answer(error: Exception) -> AnyResponse | None:
    for kind, (code, title, message) in _KINDS.items():
        if isinstance(error, kind):
            return _page(code, title, message)
    if isinstance(error, SessionOverError):
        return harden(make_response(redirect(url_for("operator.sign_in"), 303)))
    return _of_http(error) if isinstance(error, HTTPException) else _unexpected(error)


def _unexpected(error: Exception) -> Response:
    if is_locked(error) or is_unavailable(error):
        g.console_operator = None
        log.warning("database_unavailable", condition=condition_of(error), error=first_line(error))
        return _page(
            503, "Back in a moment", "The database is busy or restarting. Nothing was changed. Try again."
        )
    log.exception("unexpected_error", path=path())
    return _page(
        500,
        "Something went wrong on our side",
        f"It was logged. Nothing was changed. Reference: {request_id()}",
    )


def _of_http(error: HTTPException) -> AnyResponse | None:
    code = error.code or 400
    if code < 400 or code >= 500 or (code == 405 and request.method in {"GET", "HEAD"}):
        return None
    return _page(code, *_WORDS.get(code, _OTHER))


def _page(code: int, title: str, message: str) -> Response:
    # Without a route there is no blueprint, which would say who it is.
    who = signed_in()
    page = render_template(
        "operator/refused.html",
        title=title,
        message=message,
        operator=who.operator if who is not None else None,
    )
    return harden(make_response(page, code))

"""Turns every error under /api into problem details: our own, the framework's, the database's, and unexpected
ones."""

from __future__ import annotations

import psycopg
import structlog
from flask import Flask, Response, request
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from app.api import problems
from app.api.problems import FieldError, Kind, ProblemError
from app.database.conditions import condition_of, first_line
from app.web import errors
from app.web.database import is_locked, is_unavailable
from app.web.hosts import UnknownHostError
from app.web.logs import path
from app.web.text_guard import UnstorableTextError

log = structlog.get_logger("billing.api")

_KINDS = {
    kind.status: kind
    for kind in (
        problems.MALFORMED,
        problems.NOT_FOUND,
        problems.METHOD_NOT_ALLOWED,
        problems.TOO_LARGE,
        problems.UNSUPPORTED,
        problems.TOO_MANY,
        problems.TIMED_OUT,
        problems.UNAVAILABLE,
    )
}
PAGES = "api_docs"
"""The blueprint of the API reference pages."""
_WAIT = {"Retry-After": "5"}
LOCKED = "The organization's wallet is locked by another request. This request changed nothing."


def init_app(app: Flask) -> None:
    """Respond to API errors with problem details."""
    errors.answer_otherwise(app, "/api/", answer)
    app.before_request(_reject_double_slashes)


def answer(error: Exception) -> Response | None:
    """The response to an error, without internal details; None for the API reference pages."""
    return None if request.blueprint == PAGES else problem_of(error).response()


def _reject_double_slashes() -> None:
    """Reject addresses with doubled slashes: the framework would redirect with an HTML page and lose the
    request body."""
    if isinstance(request.routing_exception, RequestRedirect) and request.path.startswith("/api/v"):
        raise ProblemError(problems.NOT_FOUND, "No endpoint at this address. Check its slashes.")


def problem_of(error: Exception) -> ProblemError:
    """What an error is told as, without internal details; one that is unexpected is logged."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, UnstorableTextError):
        return ProblemError(
            problems.MALFORMED,
            "The address contains a character that can't be stored; see `errors`.",
            [FieldError("Remove the character U+0000.", parameter=name) for name in error.names],
        )
    if isinstance(error, HTTPException):
        return _of_framework(error)
    if is_locked(error) or is_unavailable(error):
        return _of_database(error)
    if isinstance(error, IntegrityError | psycopg.IntegrityError):
        log.warning("conflict", error=first_line(error))
        return ProblemError(
            problems.CONFLICT, "Another request changed the same resource at the same time. Try again."
        )
    log.exception("unexpected_error", path=path())
    return ProblemError(problems.INTERNAL, "The error was logged with this `request_id`.")


def _of_database(error: Exception) -> ProblemError:
    if is_locked(error):
        log.warning("lock_not_available", path=path())
        return ProblemError(problems.UNAVAILABLE, LOCKED, headers={"Retry-After": "2"})
    log.warning("database_unavailable", condition=condition_of(error), error=first_line(error))
    return ProblemError(problems.UNAVAILABLE, "The database is temporarily unavailable.", headers=_WAIT)


def _of_framework(error: HTTPException) -> ProblemError:
    if isinstance(error, UnknownHostError):
        return ProblemError(
            problems.MALFORMED,
            "The request names a host that this service doesn't have. Operators list more of them in TRUSTED_HOSTS.",
        )
    status = error.code or 500
    kind: Kind = _KINDS.get(status, problems.MALFORMED if status < 500 else problems.INTERNAL)
    allowed = getattr(error, "valid_methods", None)
    headers = {"Allow": ", ".join(sorted(allowed))} if status == 405 and allowed else {}
    if kind is problems.UNAVAILABLE:
        headers = _WAIT
    return ProblemError(kind, _WORDS.get(kind.name, kind.meaning), headers=headers)


_WORDS = {
    problems.NOT_FOUND.name: "No endpoint at this address. /api/v1/openapi.json lists all endpoints.",
    problems.UNAVAILABLE.name: "Too many requests are already waiting. This one was not processed.",
    problems.METHOD_NOT_ALLOWED.name: "This address doesn't support this method.",
}

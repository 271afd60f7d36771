"""Every error under /api becomes a problem: ours, the framework's, the database's, and the unexpected."""

from __future__ import annotations

import psycopg
import structlog
from flask import Flask, Response, request
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from app.api import problems
from app.api.problems import FieldError, Kind, ProblemError
from app.web import errors
from app.web.database import is_locked, is_unavailable
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
"""The blueprint of what people read about the API."""
_WAIT = {"Retry-After": "5"}
LOCKED = "Another change of this organization's wallet takes unusually long. This request changed nothing."


def init_app(app: Flask) -> None:
    """Answer programs with problems."""
    errors.answer_otherwise(app, "/api/", answer)
    app.before_request(_take_no_detours)


def answer(error: Exception) -> Response | None:
    """The answer that says what is wrong, and nothing of how it came about inside; None where people read a page."""
    return None if request.blueprint == PAGES else _problem(error).response()


def _take_no_detours() -> None:
    """The framework would redirect to the same address without doubled slashes, with a page, and lose what was
    sent."""
    if isinstance(request.routing_exception, RequestRedirect) and request.path.startswith("/api/v"):
        raise ProblemError(problems.NOT_FOUND, "There is nothing at this address. Check its slashes.")


def _problem(error: Exception) -> ProblemError:
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, UnstorableTextError):
        return ProblemError(
            problems.MALFORMED,
            "The address has a character that can't be stored: see errors.",
            [FieldError("Leave out the character U+0000.", parameter=name) for name in error.names],
        )
    if isinstance(error, HTTPException):
        return _of_framework(error)
    if is_locked(error) or is_unavailable(error):
        return _of_database(error)
    if isinstance(error, IntegrityError | psycopg.IntegrityError):
        log.warning("conflict", error=str(error).splitlines()[0])
        return ProblemError(
            problems.CONFLICT, "Another request changed the same at the same moment. Send it again."
        )
    log.exception("unexpected_error", path=path())
    return ProblemError(problems.INTERNAL, "The error was noted under this request's id.")


def _of_database(error: Exception) -> ProblemError:
    if is_locked(error):
        log.warning("lock_not_available", path=path())
        return ProblemError(problems.UNAVAILABLE, LOCKED, headers={"Retry-After": "2"})
    log.warning("database_unavailable", error=str(error).splitlines()[0])
    return ProblemError(problems.UNAVAILABLE, "The database doesn't answer at the moment.", headers=_WAIT)


def _of_framework(error: HTTPException) -> ProblemError:
    status = error.code or 500
    kind: Kind = _KINDS.get(status, problems.MALFORMED if status < 500 else problems.INTERNAL)
    allowed = getattr(error, "valid_methods", None)
    headers = {"Allow": ", ".join(sorted(allowed))} if status == 405 and allowed else {}
    if kind is problems.UNAVAILABLE:
        headers = _WAIT
    return ProblemError(kind, _WORDS.get(kind.name, kind.meaning), headers=headers)


_WORDS = {
    problems.NOT_FOUND.name: "There is nothing at this address. /api/v1/openapi.json lists what there is.",
    problems.UNAVAILABLE.name: "Too many requests wait for an answer already. This one wasn't begun.",
    problems.METHOD_NOT_ALLOWED.name: "This address doesn't take this method.",
}

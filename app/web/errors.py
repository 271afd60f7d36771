"""Error pages that look like the product and say what to do next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import structlog
from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from app.extensions import db
from app.people.organizations import owners_of
from app.web.database import is_locked, is_unavailable
from app.web.identity import NotOrgAdminError, ask_to_sign_in, go_on_unidentified, identity, is_for_owners
from app.web.logs import path, request_id
from app.web.refusals import retry_after
from app.web.text_guard import UnstorableTextError

log = structlog.get_logger("billing.web")

_NEVER_RESENT = {"csrf_token", "password"}


@dataclass(frozen=True, slots=True)
class Resend:
    """A form that can be sent again with what was typed in it."""

    action: str
    fields: list[tuple[str, str]]

    @property
    def shown(self) -> list[tuple[str, str]]:
        """What a person typed or chose of it, under readable names; ids mean nothing to them."""
        readable = {"email": "Email", "amount": "Amount", "other_amount": "Other amount"}
        return [(readable[name], value) for name, value in self.fields if name in readable and value]


@dataclass(frozen=True, slots=True)
class ErrorView:
    """What an error page says: what happened, and what to do next."""

    code: int
    title: str
    message: str
    next_step: str
    request_id: str
    owners: list[Any] = field(default_factory=list)
    resend: Resend | None = None


_WORDS = {
    400: (
        "This request can't be understood",
        "Something in it is missing or not as expected.",
        "Go back and try again.",
    ),
    401: ("Sign in to go on", "Your session has ended.", "Sign in again; nothing that was paid is lost."),
    404: ("Page not found", "There is nothing at this address.", "Check the address, or go to the overview."),
    405: (
        "This can't be done here",
        "This address doesn't take that kind of request.",
        "Go back and try again.",
    ),
    408: (
        "That took too long",
        "What you sent didn't arrive in time. Nothing was done with it.",
        "Check your connection, go back, and send it again.",
    ),
    413: ("That was too much", "What was sent is larger than this page takes.", "Send less, and try again."),
    429: ("Too many tries", "This was tried too often in a short time.", "Wait a little, then try again."),
    500: (
        "Something went wrong on our side",
        "The error has been noted. No payment is made twice by trying again.",
        "Try again; if it stays, write to support with the reference below.",
    ),
    503: (
        "Back in a moment",
        "The service is restarting or very busy. Nothing that was paid is lost.",
        "Try again in some seconds.",
    ),
}


def init_app(app: Flask) -> None:
    """Answer every error with a page: whole, or as the page's main part for an htmx request."""
    app.register_error_handler(CSRFError, _or_otherwise(expired_form))
    app.register_error_handler(NotOrgAdminError, _or_otherwise(_not_org_admin))
    app.register_error_handler(RateLimitExceeded, _or_otherwise(_too_many))
    app.register_error_handler(UnstorableTextError, _or_otherwise(_unstorable))
    app.register_error_handler(HTTPException, _or_otherwise(_http_error))
    app.register_error_handler(Exception, _or_otherwise(_unexpected))


def answer_otherwise(app: Flask, prefix: str, answer: Callable[[Exception], AnyResponse | None]) -> None:
    """Let `answer` say what is wrong at addresses that begin with `prefix`: to programs, which read no pages.

    It is handed the error once the transaction is rolled back; where it has no answer, there is a page. No blueprint
    could do this: where there is no route, there is no blueprint either.
    """
    app.extensions.setdefault("error_answers", {})[prefix] = answer


def _or_otherwise(page_for: Callable[[Any], AnyResponse]) -> Callable[[Any], AnyResponse]:
    def handle(error: Exception) -> AnyResponse:
        for prefix, answer in current_app.extensions.get("error_answers", {}).items():
            if request.path.startswith(prefix):
                db.session.rollback()
                return cast(AnyResponse | None, answer(error)) or page_for(error)
        return page_for(error)

    return handle


def page(code: int, *, status: int | None = None, **changes: Any) -> Response:
    """The error page of `code`, with words of its own where `changes` has them."""
    title, message, next_step = _WORDS.get(code, _WORDS[500])
    words: dict[str, Any] = {"title": title, "message": message, "next_step": next_step}
    view = ErrorView(code=code, request_id=request_id(), **(words | changes))
    htmx = bool(cast(Any, request).htmx)
    support = current_app.config["SETTINGS"].support_email
    html = render_template("errors/error.html", error=view, partial=htmx, support_email=support)
    response = make_response(html, status or code)
    if htmx:
        response.headers["HX-Retarget"] = "#main"
        response.headers["HX-Reswap"] = "innerHTML"
    if code == 429:
        response.headers.setdefault("Retry-After", "5")
    if code == 503:
        retry_after(response, 5)
    return response


def _http_error(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return cast(Response, error.get_response())
    response = page(error.code if error.code in _WORDS else 400, status=error.code)
    if error.code == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return response


def expired_form(error: CSRFError) -> AnyResponse:
    """Offer to send an old form again, as it was filled in; ask to sign in where its session has ended."""
    log.info("csrf_refused", reason=error.description)
    if identity() is None and is_for_owners(request.endpoint):
        return ask_to_sign_in()
    return page(
        400,
        title="This form has expired",
        message="It was open for a long time, or you signed in again meanwhile. Nothing was done with it yet.",
        next_step="Check what you entered and send it again.",
        resend=_sent_form(),
    )


def _sent_form() -> Resend:
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _NEVER_RESENT]
    return Resend(request.full_path.rstrip("?"), fields)


def _not_org_admin(_: NotOrgAdminError) -> Response:
    who = identity()
    organization = who.organization if who else None
    name = organization.name if organization else "your organization"
    owners = owners_of(organization.id) if organization else []
    return page(
        403,
        title="Billing is for owners",
        message=f"You are signed in, but your role in {name} doesn't include billing.",
        next_step="Ask one of its owners to do this, or to give you the role." if owners else "Ask an owner.",
        owners=owners,
    )


def _unstorable(error: UnstorableTextError) -> Response:
    return page(
        error.code or 400,
        title="This text can't be used",
        message=f"It has a character that can't be stored, in: {', '.join(error.names)}. Nothing was changed.",
        next_step="Go back, remove that character, and try again.",
    )


def _too_many(_: RateLimitExceeded) -> Response:
    return page(429)


def _unexpected(error: Exception) -> Response:
    db.session.rollback()
    if is_locked(error):
        return _locked()
    if is_unavailable(error):
        go_on_unidentified()
        log.warning("database_unavailable", error=str(error).splitlines()[0])
        return page(503)
    log.exception("unexpected_error", path=path())
    return page(500)


def _locked() -> Response:
    """Something else holds the wallet for unusually long. A form that was sent by its own page can be sent again."""
    log.warning("lock_not_available", path=path())
    response = page(
        503,
        message="Another change of your wallet is taking unusually long, so nothing was done with this.",
        next_step="Nothing you entered is lost. Try again in a few seconds.",
        resend=_sent_form() if g.get("csrf_valid") else None,
    )
    retry_after(response, 2)
    return response

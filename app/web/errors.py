"""Error pages that look like the product and say what to do next."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, cast

import structlog
from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request, url_for
from flask_limiter import RateLimitExceeded
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from app.extensions import db
from app.language import gettext, marked, pgettext, translated
from app.own_pages import for_organization
from app.payments.errors import PaymentsError
from app.people.identification import Seat
from app.people.organizations import owners_of
from app.web import resend
from app.web.database import is_locked, is_unavailable
from app.web.identity import FactorMissingError, NotOrgAdminError, continue_unidentified, identity
from app.web.logs import path, request_id
from app.web.marks import page_behind
from app.web.other_addresses import way_on
from app.web.parts import wants_region
from app.web.payment_problems import problem
from app.web.refusals import retry_after
from app.web.seen import NothingSeenError
from app.web.text_guard import UnstorableTextError

log = structlog.get_logger("billing.web")


@dataclass(frozen=True, slots=True)
class Choice:
    """A button that continues in one of the person's organizations; `is_back` if an open page can stay as it is."""

    label: str
    fields: list[tuple[str, str]]
    is_back: bool = False


@dataclass(frozen=True, slots=True)
class ErrorView:
    """What an error page says: what happened, and what to do next.

    `resend` is a form that can be sent again (`app.web.resend`), `start_over` the page where it can be filled in,
    which `start_label` leads to.
    """

    code: int
    title: str
    message: str
    next_step: str
    request_id: str
    owners: list[Any] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    resend: Any = None
    start_over: str | None = None
    start_label: str = ""


_WORDS = {
    400: (
        marked("We couldn't understand this request"),
        marked("Something in it is missing or invalid."),
        marked("Go back and try again."),
    ),
    401: (
        marked("Sign in to continue"),
        marked("Your session has ended."),
        marked("Sign in again. Your payments and credit are safe."),
    ),
    404: (
        marked("Page not found"),
        marked("There is nothing at this address."),
        marked("Check the address, or go to the overview."),
    ),
    405: (
        marked("This can't be done here"),
        marked("This page doesn't accept that kind of request."),
        marked("Go back and try again."),
    ),
    408: (
        marked("That took too long"),
        marked("What you sent didn't arrive in time, so nothing was changed."),
        marked("Check your connection, go back, and send it again."),
    ),
    413: (
        marked("Too large"),
        marked("What you sent is larger than this page accepts."),
        marked("Send less, and try again."),
    ),
    429: (
        marked("Too many attempts"),
        marked("There were too many attempts in a short time."),
        marked("Wait a minute and try again."),
    ),
    500: (
        marked("Something went wrong on our side"),
        marked("The error has been logged. Trying again won't charge you twice."),
        marked("Try again. If it keeps happening, contact support with the reference below."),
    ),
    503: (
        marked("Back in a moment"),
        marked("The service is restarting or very busy. Your payments and credit are safe."),
        marked("Try again in a few seconds."),
    ),
}


def init_app(app: Flask) -> None:
    """Respond to every error with a page: whole, or its main part for an htmx request."""
    app.register_error_handler(NotOrgAdminError, or_otherwise(_not_org_admin))
    app.register_error_handler(FactorMissingError, or_otherwise(_factor_missing))
    app.register_error_handler(RateLimitExceeded, or_otherwise(_too_many))
    app.register_error_handler(UnstorableTextError, or_otherwise(_unstorable))
    app.register_error_handler(NothingSeenError, or_otherwise(_nothing_seen))
    app.register_error_handler(HTTPException, or_otherwise(_http_error))
    app.register_error_handler(Exception, or_otherwise(_unexpected))


def answer_otherwise(app: Flask, prefix: str, answer: Callable[[Exception], AnyResponse | None]) -> None:
    """Let `answer` respond to errors at paths that begin with `prefix`: to programs, which don't read pages.

    It gets the error after the transaction is rolled back; if it returns None, there is a page. A blueprint couldn't
    do this: without a route, there is no blueprint.
    """
    app.extensions.setdefault("error_answers", {})[prefix] = answer


def or_otherwise(page_for: Callable[[Any], AnyResponse]) -> Callable[[Any], AnyResponse]:
    """An error handler that responds to programs in their own way, and to people with `page_for`."""

    def handle(error: Exception) -> AnyResponse:
        # Errors after the response has started are wrapped: the original error decides.
        cause = getattr(error, "original_exception", None)
        if cause is not None and page_for is not _unexpected:
            return or_otherwise(_unexpected)(cause)
        for prefix, answer in current_app.extensions.get("error_answers", {}).items():
            if request.path.startswith(prefix):
                db.session.rollback()
                return cast(AnyResponse | None, answer(error)) or page_for(error)
        try:
            return page_for(error)
        except Exception as failure:
            # The page about an error may need the database, and find it gone.
            if not is_unavailable(failure):
                raise
            db.session.rollback()
            return _unavailable(failure)

    return handle


def page(code: int, *, status: int | None = None, **changes: Any) -> Response:
    """The error page for `code`, with `changes` to its text."""
    title, message, next_step = _WORDS.get(code, _WORDS[500])
    words: dict[str, Any] = {
        "title": translated(title),
        "message": translated(message),
        "next_step": translated(next_step),
        "start_label": gettext("Open the page"),
    }
    view = ErrorView(code=code, request_id=request_id(), **(words | changes))
    htmx = wants_region()
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


def payments_page(error: PaymentsError, undone: str) -> Response:
    """The error page for a failed call to Stripe; `undone` as in `payment_problems.problem`."""
    found = problem(error, undone)
    not_twice = gettext("Trying again won't charge you twice.")
    return page(
        503,
        message=found.message,
        next_step=f"{found.next_step} {not_twice}",
    )


def _http_error(error: HTTPException) -> AnyResponse:
    if error.code is None or error.code < 400:
        return cast(Response, error.get_response())
    if found := way_on(error):
        return found
    response = page(error.code if error.code in _WORDS else 400, status=error.code)
    if error.code == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return response


def _factor_missing(_: FactorMissingError) -> AnyResponse:
    """To the page that sets one up; an open page says so in place."""
    if not wants_region():
        return redirect(url_for("factors.show"), 303)
    return page(
        403,
        title=gettext("Set up a second factor"),
        message=gettext(
            "Your organization requires a second factor, and you don't have one yet. Nothing was changed."
        ),
        next_step=gettext("Reload this page to set one up."),
    )


def _not_org_admin(_: NotOrgAdminError) -> Response:
    who = identity()
    organization = who.organization if who else None
    if organization is None:
        return _none_in_view(who.seats if who else ())
    owners = owners_of(organization.id)
    return page(
        403,
        title=gettext("Billing is for owners"),
        message=gettext(
            "You're signed in, but your role in %(organization)s doesn't include billing.",
            organization=organization.name,
        ),
        next_step=gettext("Ask one of its owners to do this or to give you access.")
        if owners
        else gettext("Ask an owner."),
        owners=owners,
    )


def _none_in_view(seats: Iterable[Seat]) -> Response:
    """A person who was removed from the organization in view can continue in another of theirs."""
    choices = [
        Choice(gettext("Go to %(name)s", name=seat.name), [("organization", str(seat.id))]) for seat in seats
    ]
    return page(
        403,
        title=gettext("No organization to show"),
        message=gettext("You're signed in, but you're no longer in any organization.")
        if not choices
        else gettext("You're no longer in the organization you were viewing."),
        next_step="" if choices else gettext("Ask an owner to invite you again."),
        choices=choices,
    )


def _unstorable(error: UnstorableTextError) -> Response:
    return page(
        error.code or 400,
        title=gettext("This text can't be used"),
        message=gettext(
            "It has a character that can't be stored, in: %(names)s. Nothing was changed.",
            names=", ".join(error.names),
        ),
        next_step=gettext("Go back, remove that character, and try again."),
    )


def _nothing_seen(_: NothingSeenError) -> Response:
    return page(
        400,
        title=gettext("This form is incomplete"),
        message=gettext(
            "It doesn't say which settings its page showed, so it could replace what another owner "
            "has changed since. Nothing was changed."
        ),
        next_step=gettext("Open the page and fill in the form again."),
        start_over=_page_of_form(),
    )


def _too_many(_: RateLimitExceeded) -> Response:
    return page(429)


def _unexpected(error: Exception) -> Response:
    db.session.rollback()
    if is_locked(error):
        return _locked()
    if is_unavailable(error):
        return _unavailable(error)
    if isinstance(error, PaymentsError):
        log.warning("payments_unavailable", path=path(), reason=str(error))
        return payments_page(error, pgettext("after: …, so", "this couldn't be done"))
    log.exception("unexpected_error", path=path())
    return page(500)


def _unavailable(error: Exception) -> Response:
    continue_unidentified()
    log.warning("database_unavailable", error=str(error).splitlines()[0])
    return page(503)


def _locked() -> Response:
    """The wallet has been locked for unusually long. A form sent by its own page can be sent again."""
    log.warning("lock_not_available", path=path())
    response = page(
        503,
        message=gettext("Another change to your wallet is taking longer than usual, so this wasn't done."),
        next_step=gettext("Nothing you entered is lost. Try again in a few seconds."),
        resend=_sent_form() if g.get("csrf_valid") and not wants_region() else None,
        start_over=_page_of_form() if g.get("csrf_valid") and not wants_region() else None,
    )
    retry_after(response, 2)
    return response


def _page_of_form() -> str:
    who = identity()
    page = page_behind(request.path)
    return for_organization(page, who.organization.slug) if who and who.organization else page


def _sent_form() -> resend.Resend | None:
    who = identity()
    organization = who.organization if who else None
    return resend.build_form(request.path, request.form, organization) if organization else None

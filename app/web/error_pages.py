"""What a page about an error says: what happened, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import Response, current_app, make_response, render_template, request

from app.language import gettext, marked, translated
from app.payments.errors import PaymentsError
from app.web.logs import request_id
from app.web.marks import is_charging
from app.web.parts import wants_region
from app.web.payment_problems import problem
from app.web.refusals import retry_after


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


WORDS = {
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
        marked("The error has been logged."),
        marked("Try again. If it keeps happening, contact support with the reference below."),
    ),
    503: (
        marked("Back in a moment"),
        marked("The service is restarting or very busy. Your payments and credit are safe."),
        marked("Try again in a few seconds."),
    ),
}


def page(code: int, *, status: int | None = None, **changes: Any) -> Response:
    """The error page for `code`, with `changes` to its text."""
    title, message, next_step = WORDS.get(code, WORDS[500])
    words: dict[str, Any] = {
        "title": translated(title),
        "message": translated(message),
        "next_step": translated(next_step),
        "start_label": gettext("Open the page"),
    }
    if code == 500:
        words["message"] += _not_twice()
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
    return page(503, message=found.message, next_step=found.next_step + _not_twice())


def _not_twice() -> str:
    """What someone has to know who may have been charged; nothing where no one can have been."""
    if not is_charging(request.endpoint):
        return ""
    return " " + gettext("Trying again won't charge you twice.")

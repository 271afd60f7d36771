"""Which errors get which page: to people one that looks like the product, to programs an answer of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

import structlog
from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask_limiter import RateLimitExceeded
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from app.database.conditions import condition_of, first_line
from app.extensions import db
from app.language import gettext, pgettext
from app.own_pages import for_organization
from app.payments.errors import PaymentsError
from app.people.identification import Seat
from app.people.organizations import owners_of
from app.web import error_pages, resend
from app.web.database import is_locked, is_unavailable
from app.web.identity import FactorMissingError, NotOrgAdminError, continue_unidentified, identity
from app.web.logs import path
from app.web.marks import page_behind
from app.web.other_addresses import way_on
from app.web.parts import wants_region
from app.web.refusals import retry_after
from app.web.seen import NothingSeenError
from app.web.text_guard import UnstorableTextError

log = structlog.get_logger("billing.web")


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
    """Let `answer` respond to errors at `prefix` and below it: to programs, which don't read pages.

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
            if f"{request.path}/".startswith(f"{prefix.removesuffix('/')}/"):
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


def _http_error(error: HTTPException) -> AnyResponse:
    if error.code is None or error.code < 400:
        return cast(Response, error.get_response())
    if found := way_on(error):
        return found
    response = error_pages.page(error.code if error.code in error_pages.WORDS else 400, status=error.code)
    if error.code == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return response


def _factor_missing(_: FactorMissingError) -> AnyResponse:
    """To the page that sets one up; an open page says so in place."""
    if not wants_region():
        return redirect(url_for("factors.show"), 303)
    return error_pages.page(
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
    return error_pages.page(
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
        error_pages.Choice(gettext("Go to %(name)s", name=seat.name), [("organization", str(seat.id))])
        for seat in seats
    ]
    return error_pages.page(
        403,
        title=gettext("No organization to show"),
        message=gettext("You're signed in, but you're no longer in any organization.")
        if not choices
        else gettext("You're no longer in the organization you were viewing."),
        next_step="" if choices else gettext("Ask an owner to invite you again."),
        choices=choices,
    )


def _unstorable(error: UnstorableTextError) -> Response:
    return error_pages.page(
        error.code or 400,
        title=gettext("This text can't be used"),
        message=gettext(
            "It has a character that can't be stored, in: %(names)s. Nothing was changed.",
            names=", ".join(error.names),
        ),
        next_step=gettext("Go back, remove that character, and try again."),
    )


def _nothing_seen(_: NothingSeenError) -> Response:
    return error_pages.page(
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
    return error_pages.page(429)


def _unexpected(error: Exception) -> Response:
    db.session.rollback()
    if is_locked(error):
        return _locked()
    if is_unavailable(error):
        return _unavailable(error)
    if isinstance(error, PaymentsError):
        log.warning("payments_unavailable", path=path(), reason=str(error))
        return error_pages.payments_page(error, pgettext("after: …, so", "this couldn't be done"))
    log.exception("unexpected_error", path=path())
    return error_pages.page(500)


def _unavailable(error: Exception) -> Response:
    continue_unidentified()
    log.warning("database_unavailable", condition=condition_of(error), error=first_line(error))
    return error_pages.page(503)


def _locked() -> Response:
    """The wallet has been locked for unusually long. A form sent by its own page can be sent again."""
    log.warning("lock_not_available", path=path())
    response = error_pages.page(
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

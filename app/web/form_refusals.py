"""Pages for refused forms: why, that nothing was done, and how to continue."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import structlog
from flask import Flask, request
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response as AnyResponse

from app.language import gettext
from app.models import Organization
from app.own_pages import for_organization
from app.people.identification import Identity
from app.web import carried, cookies, error_pages, errors, links, resend, which_organization
from app.web.drawn_for import OtherOrganizationError
from app.web.form_tokens import ForeignOriginError, FormRefusedError, FormToken, form_token
from app.web.identity import ask_to_sign_in, identity
from app.web.marks import is_for_owners, is_guarded
from app.web.parts import wants_region

log = structlog.get_logger("billing.web")

_JUST_DRAWN = timedelta(hours=1)


def init_app(app: Flask) -> None:
    """Respond to refused forms with a page: whole, or the part that an open page swaps in."""
    app.register_error_handler(CSRFError, errors.or_otherwise(refused_form))


def refused_form(error: CSRFError) -> AnyResponse:
    """The page for a form that isn't ours, or is of another session, person or organization."""
    log.info("form_refused", reason=error.description)
    if isinstance(error, ForeignOriginError):
        return _foreign(error)
    token = error.token if isinstance(error, FormRefusedError) else None
    who = identity()
    if who is None and is_guarded(request.endpoint):
        return ask_to_sign_in()
    if token is None:
        return _unknown()
    if who is None or token.person != str(who.user.id):
        return _without_cookie() if cookies_seem_blocked(token) else _of_another_person(who)
    if is_for_owners(request.endpoint) and (
        who.organization is None or token.organization != who.organization.slug
    ):
        return which_organization.other_organization(OtherOrganizationError(token.organization or ""))
    return _expired(who.organization)


def cookies_seem_blocked(token: FormToken | None) -> bool:
    """Whether a form that was just rendered came back without its cookie."""
    return token is not None and not cookies.session_is_here() and token.age < _JUST_DRAWN


def blocked_cookies() -> str:
    """The message about blocked cookies."""
    return gettext(
        "Your browser is blocking cookies, and you can't sign in without them. Allow cookies for %(host)s, then try "
        "again.",
        host=urlsplit(request.host_url).hostname,
    )


def _foreign(error: ForeignOriginError) -> AnyResponse:
    return error_pages.page(
        403,
        title=gettext("This came from another website"),
        message=_foreign_form(error),
        next_step=gettext("If you meant to do this, open the page and do it there."),
        start_over=_start_over(),
    )


def _foreign_form(error: ForeignOriginError) -> str:
    """By its origin, if the browser sent one: `null` means a page without one, such as a file."""
    if "://" in (error.description or ""):
        return gettext(
            "Another website (%(origin)s) sent a form in your name. Nothing was changed.",
            origin=error.description,
        )
    return gettext("Another website sent a form in your name. Nothing was changed.")


def _unknown() -> AnyResponse:
    return error_pages.page(
        400,
        title=gettext("This form can't be used"),
        message=gettext("We couldn't verify that it came from one of your own pages. Nothing was changed."),
        next_step=gettext("Open the page and fill in the form again."),
        start_over=_start_over(),
    )


def _without_cookie() -> AnyResponse:
    return error_pages.page(
        400,
        title=gettext("Your browser blocks cookies"),
        message=blocked_cookies(),
        next_step=gettext("If this page is embedded in another website, open it in its own tab."),
        start_over=_start_over(),
    )


def _of_another_person(who: Identity | None) -> AnyResponse:
    if who is None:
        now = gettext("You're now signed out, and this page was opened before that. Nothing was changed.")
    else:
        now = gettext(
            "You're now signed in as %(name)s, and this page was opened before that. Nothing was changed.",
            name=who.user.name or who.user.email,
        )
    return error_pages.page(
        400,
        title=gettext("This page is out of date"),
        message=now,
        next_step=gettext(
            "Open the page again. Only the person who opened it can send what was entered there."
        ),
        start_over=_start_over(),
    )


def _expired(organization: Organization | None) -> AnyResponse:
    """The form is the sender's own, but expired: an open page gets a fresh token, and keeps what was typed."""
    in_place = wants_region()
    again = (
        None
        if in_place or organization is None
        else resend.build_form(request.path, carried.typed(), organization)
    )
    response = error_pages.page(
        400,
        title=gettext("This form has expired"),
        message=gettext(
            "It was open for too long, or you signed in again in the meantime. Nothing was changed."
        ),
        next_step=gettext("What you entered is still there. Press the button again.")
        if in_place
        else gettext("Check what you entered and send it again.")
        if again
        else gettext("Open the page and do it again."),
        resend=again,
        start_over=None if in_place else _start_over(),
    )
    if in_place:
        response.headers["X-Form-Token"] = form_token()
    return response


def _start_over() -> str:
    slug = links.drawn_for()
    return for_organization(carried.page_of_request(), slug) if slug else carried.page_of_request()

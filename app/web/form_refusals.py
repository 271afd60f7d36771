"""Pages for refused forms, pages and links: why, that nothing was done, and how to continue."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import structlog
from flask import Flask, request
from flask_wtf.csrf import CSRFError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from app.language import gettext
from app.models import Organization
from app.own_pages import PARAMETER, for_organization, own_address
from app.people.identification import Identity, Seat
from app.web import cookies, error_pages, errors, links, resend
from app.web.drawn_for import OtherOrganizationError
from app.web.error_pages import Choice
from app.web.form_tokens import ForeignOriginError, FormRefusedError, FormToken, form_token
from app.web.identity import ask_to_sign_in, identity
from app.web.marks import is_for_owners, is_guarded, page_behind
from app.web.origins import SAFE
from app.web.parts import wants_region

log = structlog.get_logger("billing.web")

TYPED = "typed-"
"""The prefix of field names on a page that asks for which organization a form is meant."""
_NEVER_KEPT = {
    "code",
    "credential",
    "recovery_code",
    "csrf_token",
    "password",
    "current_password",
    "confirmation_token",
    "radar_session",
    PARAMETER,
}
_JUST_DRAWN = timedelta(hours=1)


def init_app(app: Flask) -> None:
    """Respond to refused requests with a page: whole, or the part that an open page swaps in."""
    app.register_error_handler(CSRFError, errors.or_otherwise(refused_form))
    app.register_error_handler(OtherOrganizationError, errors.or_otherwise(other_organization))


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
        return other_organization(OtherOrganizationError(token.organization or ""))
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


def other_organization(error: OtherOrganizationError) -> AnyResponse:
    """The page, link or form is for another organization than the one in view: ask which one is meant."""
    who = identity()
    drawn = _seat(who, error.slug)
    view = who.organization if who else None
    log.info("drawn_for_another_organization", endpoint=request.endpoint)
    if view is None:
        said = gettext("You're no longer in the organization you were viewing.")
    elif drawn is None:
        said = gettext(
            "This is for an organization that you're not in. You're viewing %(viewed)s.", viewed=view.name
        )
    elif _is_ofopen_page():
        said = gettext(
            "You switched to %(viewed)s in another tab. This page still shows %(other)s.",
            viewed=view.name,
            other=drawn.name,
        )
    else:
        said = gettext(
            "This link is for %(other)s. You're viewing %(viewed)s.", other=drawn.name, viewed=view.name
        )
    changes = request.method not in SAFE
    choices = [_back_to(drawn, gettext("Go to %(name)s", name=drawn.name), is_back=True)] if drawn else []
    if view is not None:
        choices.append(_stay_with(view))
    return error_pages.page(
        409,
        title=gettext("This page is for another organization"),
        message=f"{said} {gettext('Nothing was changed.')}" if changes else said,
        next_step=gettext("Choose an organization. What you entered is kept.") if changes and drawn else "",
        choices=choices,
    )


def confirm_resend(path: str, typed: MultiDict[str, str], organization: Organization) -> AnyResponse | None:
    """The page that shows a refused form, to be sent for the chosen organization; None if it has to start over."""
    again = resend.build_form(path, typed, organization)
    if again is None:
        return None
    return error_pages.page(
        409,
        status=200,
        title=gettext("Check what you entered, for %(organization)s", organization=organization.name),
        message=gettext("It hasn't been sent yet."),
        next_step=gettext("If it's right, send it again. Otherwise, start over."),
        resend=again,
        start_over=for_organization(page_behind(path), organization.slug),
    )


def typed_of(form: MultiDict[str, str]) -> MultiDict[str, str]:
    """The form's fields that were carried through the page that asked for the organization."""
    kept = [
        (name.removeprefix(TYPED), value) for name, value in form.items(multi=True) if name.startswith(TYPED)
    ]
    return MultiDict(kept)


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
        None if in_place or organization is None else resend.build_form(request.path, typed(), organization)
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


def _back_to(seat: Seat, label: str, *, is_back: bool = False) -> Choice:
    fields = [("organization", str(seat.id))]
    if request.method in SAFE:
        here = request.full_path.rstrip("?") if not _is_ofopen_page() else open_page()
        fields.append(("next", for_organization(here, seat.slug)))
    else:
        fields += [("form", request.path), ("next", for_organization(_page_behind(), seat.slug))]
        fields += [(f"{TYPED}{name}", value) for name, value in typed().items(multi=True)]
    return Choice(label, fields, is_back=is_back)


def _stay_with(view: Organization) -> Choice:
    """Ids of the first organization don't exist in another: its own pages are shown instead."""
    named = Seat(view.id, view.name, view.slug, True)
    label = gettext("Stay in %(name)s", name=view.name)
    if request.method not in SAFE and not request.view_args and resend.can_be_resent(request.path):
        return _back_to(named, label)
    path = urlsplit(open_page() if _is_ofopen_page() else request.path).path
    target = page_behind(path, with_ids=False)
    return Choice(label, [("organization", str(view.id)), ("next", for_organization(target, view.slug))])


def typed() -> MultiDict[str, str]:
    """The fields of the request's form that may be carried on and sent again."""
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in _NEVER_KEPT]
    return MultiDict(kept)


def _is_ofopen_page() -> bool:
    """Whether the request comes from a page that stays open, rather than from a link."""
    return wants_region() or request.method not in SAFE


def open_page() -> str:
    """The page that an htmx request comes from."""
    parts = urlsplit(request.headers.get("HX-Current-URL", ""))
    here = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return own_address(here, otherwise=_page_behind())


def _page_behind() -> str:
    rule = request.url_rule
    if not is_for_owners(request.endpoint) and rule is not None and "GET" in (rule.methods or ()):
        return request.path
    return page_behind(request.path)


def _start_over() -> str:
    slug = links.drawn_for()
    return for_organization(_page_behind(), slug) if slug else _page_behind()


def _seat(who: Identity | None, slug: str) -> Seat | None:
    return next((seat for seat in who.seats if seat.slug == slug), None) if who else None

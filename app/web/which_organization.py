"""A page, link or form is for another organization than the one in view: ask which one is meant."""

from __future__ import annotations

from urllib.parse import urlsplit

import structlog
from flask import Flask, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from app.language import gettext
from app.models import Organization
from app.own_pages import for_organization
from app.people.identification import Identity, Seat
from app.web import carried, error_pages, errors, resend
from app.web.drawn_for import OtherOrganizationError
from app.web.error_pages import Choice
from app.web.identity import identity
from app.web.marks import page_behind
from app.web.origins import SAFE

log = structlog.get_logger("billing.web")


def init_app(app: Flask) -> None:
    """Respond with a page that asks, whole, or as the part that an open page swaps in."""
    app.register_error_handler(OtherOrganizationError, errors.or_otherwise(other_organization))


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
    elif carried.is_of_open_page():
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


def _back_to(seat: Seat, label: str, *, is_back: bool = False) -> Choice:
    fields = [("organization", str(seat.id))]
    if request.method in SAFE:
        here = request.full_path.rstrip("?") if not carried.is_of_open_page() else carried.open_page()
        fields.append(("next", for_organization(here, seat.slug)))
    else:
        fields += [("form", request.path), ("next", for_organization(carried.page_of_request(), seat.slug))]
        fields += [(f"{carried.TYPED}{name}", value) for name, value in carried.typed().items(multi=True)]
    return Choice(label, fields, is_back=is_back)


def _stay_with(view: Organization) -> Choice:
    """Ids of the first organization don't exist in another: its own pages are shown instead."""
    named = Seat(view.id, view.name, view.slug, True)
    label = gettext("Stay in %(name)s", name=view.name)
    if request.method not in SAFE and not request.view_args and resend.can_be_resent(request.path):
        return _back_to(named, label)
    path = urlsplit(carried.open_page() if carried.is_of_open_page() else request.path).path
    target = page_behind(path, with_ids=False)
    return Choice(label, [("organization", str(view.id)), ("next", for_organization(target, view.slug))])


def _seat(who: Identity | None, slug: str) -> Seat | None:
    return next((seat for seat in who.seats if seat.slug == slug), None) if who else None

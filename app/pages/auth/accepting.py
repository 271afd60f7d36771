"""`/invitations/<token>`: accept an invitation, signed in as the address it is for or with a first password."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_login import login_user
from werkzeug.wrappers import Response

from app.extensions import db
from app.language import gettext
from app.models import Invitation, Organization
from app.own_pages import for_organization
from app.pages.auth.beginning import admit, asks_for_factor, begin_session
from app.pages.auth.blueprint import blueprint
from app.pages.auth.forms import PasswordForm
from app.people import invitations
from app.people.invitations import LinkError, NotYoursError
from app.people.organizations import PeopleError
from app.transaction import transaction
from app.web import error_pages
from app.web.identity import identity


@blueprint.route("/invitations/<token>", methods=["GET", "POST"])
def invitation(token: str) -> str | Response | tuple[str, int]:
    """Show who is invited to what, and accept. Before signing in it looks the same no matter who has an account."""
    form = PasswordForm()
    try:
        found = invitations.find(token)
        if request.method != "POST":
            return _page(found, form, token)
        return _accept_signed_in(found, form, token) if identity() else _accept_as_new(found, form, token)
    except LinkError as error:
        return error_pages.page(
            404, title=gettext("This link no longer works"), message=str(error), next_step=""
        )


def _accept_signed_in(found: Invitation, form: PasswordForm, token: str) -> Response | tuple[str, int]:
    who = identity()
    assert who is not None  # noqa: S101 - the caller asked
    try:
        with transaction():
            organization = invitations.accept(token, who.user, request.remote_addr)
            begun = begin_session(who.user, by="invitation", org_id=organization.id, continues=True)
    except NotYoursError:
        return _page(found, form, token), 403
    flash(gettext("You're now in %(organization)s.", organization=organization.name))
    login_user(begun)
    return redirect(url_for("overview.show"))


def _accept_as_new(found: Invitation, form: PasswordForm, token: str) -> Response | tuple[str, int]:
    if not form.validate():
        return _page(found, form, token), 422
    try:
        with transaction():
            user, organization = invitations.accept_as_new(
                token, form.password.data or "", request.remote_addr
            )
            here = for_organization(url_for("overview.show"), organization.slug)
            asks = asks_for_factor(user, here)
            begun = None if asks else begin_session(user, by="invitation", org_id=organization.id)
    except LinkError:
        raise
    except PeopleError as error:
        form.password.errors = [str(error)]
        return _page(found, form, token), 422
    flash(gettext("You're now in %(organization)s.", organization=organization.name))
    return admit(begun, url_for("overview.show"))


def _page(found: Invitation, form: PasswordForm, token: str) -> str:
    who = identity()
    return render_template(
        "auth/invitation.html",
        form=form,
        invitation=found,
        organization=db.session.get_one(Organization, found.org_id),
        here=url_for("auth.invitation", token=token),
        signed_in_as=who.user.email if who else None,
        is_theirs=who is not None and invitations.is_for(found, who.user),
    )

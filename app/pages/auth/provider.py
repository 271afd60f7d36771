"""Leaving for the identity provider: to sign in, to connect an account, to confirm that it's still the same person,
and to sign out there, too.

Each is a link, because forms lead nowhere else (`app.web.content_security_policy`). What comes back is for this
browser, for one use (`app.pages.auth.provider_callback`).
"""

from __future__ import annotations

from datetime import timedelta

from flask import abort, current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response

from app import openid
from app.extensions import limiter
from app.models import VisitPurpose
from app.own_pages import own_address
from app.pages.auth import provider_failures
from app.pages.auth.blueprint import blueprint
from app.people import confirmation
from app.people.external import visits
from app.transaction import transaction
from app.web.form_tokens import FIELD, form_token
from app.web.identity import current_identity, identity, person_required
from app.web.rate_limits import OFTEN
from app.web.step_up import Change, confirmation_required


@blueprint.get("/sign-in/provider")
@limiter.limit(OFTEN)
def sign_in_with_provider() -> Response:
    """Go to the provider to sign in, and continue to `next`."""
    way_back = own_address(request.args.get("next"), otherwise=url_for("overview.show"))
    return redirect(way_back) if identity() else _leave(VisitPurpose.SIGN_IN, way_back)


@blueprint.get("/account/provider/connect")
@person_required
@confirmation_required(Change.SIGN_IN)
@limiter.limit(OFTEN)
def connect_provider() -> Response:
    """Go to the provider to connect the account with who the person is there."""
    return _leave(VisitPurpose.CONNECT, url_for("account.show"))


@blueprint.get("/confirm/provider")
@person_required
@limiter.limit(OFTEN)
def confirm_with_provider() -> Response:
    """Go to the provider to prove again who it is, and continue to `next`; without one the person goes on in the
    window that they came from."""
    if not confirmation.is_offered("provider", current_identity().user):
        abort(404)
    return _leave(VisitPurpose.CONFIRM, own_address(request.args.get("next"), otherwise=""))


@blueprint.get("/sign-out/provider")
@limiter.limit(OFTEN)
def sign_out_of_provider() -> Response:
    """Go to the provider to sign out there, too, and come back to the sign-in page."""
    client = openid.current() or abort(404)
    back = f"{current_app.config['SETTINGS'].public_url}{url_for('auth.sign_in')}"
    try:
        return redirect(client.sign_out_address(back) or back)
    except openid.UnavailableError as error:
        return provider_failures.away(client.provider, error)


def browser() -> str:
    """The secret of this browser's session."""
    return str(session.get(FIELD, ""))


def _leave(purpose: VisitPurpose, way_back: str) -> Response:
    client = openid.current() or abort(404)
    who = identity()
    form_token()  # makes the session's secret where there is none
    with transaction():
        begun = visits.begin(purpose, browser(), way_back, who.user.id if who else None)
    hours = timedelta(hours=current_app.config["SETTINGS"].session_absolute_hours)
    try:
        address = client.sign_in_address(
            begun, known_within=int(hours.total_seconds()), fresh=purpose is VisitPurpose.CONFIRM
        )
    except openid.UnavailableError as error:
        return provider_failures.away(client.provider, error)
    return redirect(address)

"""`/sign-in/provider/callback`: coming back from the identity provider.

What came is for one visit of this browser: it is used up before anything is asked of the provider.
"""

from __future__ import annotations

from datetime import timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import openid
from app.clock import utc_now
from app.extensions import limiter
from app.language import gettext
from app.models import VisitPurpose
from app.openid import Client, IDToken, RefusedError, UnavailableError
from app.pages.actor import current_actor
from app.pages.auth import provider_failures
from app.pages.auth.beginning import admit, asks_for_factor, begin_and_notify
from app.pages.auth.blueprint import blueprint
from app.pages.auth.provider import browser
from app.people import confirmation, sessions
from app.people.external import admission, claims, identities, visits
from app.people.external.admission import NoRoleError
from app.people.external.identities import IdentityError
from app.people.external.visits import Visit
from app.people.identification import Vouched
from app.transaction import end_reading, transaction
from app.web.identity import identity
from app.web.rate_limits import OFTEN

_LONG_AGO = timedelta(days=1)
"""For a provider that doesn't tell when the person proved who they are: it confirms nothing."""


@blueprint.get("/sign-in/provider/callback")
@limiter.limit(OFTEN)
def provider_callback() -> Response:
    """Sign in, connect the account, or confirm who it is, as the visit was for."""
    client = openid.current() or abort(404)
    with transaction():
        visit = visits.end(request.args.get("state", ""), browser())
    if visit is None:
        return provider_failures.over()
    end_reading()
    try:
        return _continue(client, visit)
    except UnavailableError as error:
        return provider_failures.away(client.provider, error)
    except RefusedError as error:
        return provider_failures.refused(client.provider, error)
    except IdentityError as error:
        return provider_failures.no_account(client.provider, error)


def _continue(client: Client, visit: Visit) -> Response:
    client.check_sender(request.args.get("iss"))
    code, said = request.args.get("code", ""), request.args.get("error", "")
    if said or not code:
        return provider_failures.denied(client.provider, said)
    is_fresh = visit.purpose is VisitPurpose.CONFIRM
    token = client.redeem(code, visit.request, visit.began_at, fresh=is_fresh)
    if visit.purpose is VisitPurpose.CONNECT:
        return _connect(client, visit, token)
    if visit.purpose is VisitPurpose.CONFIRM:
        return _confirm(visit, token)
    return _sign_in(client, visit, token)


def _sign_in(client: Client, visit: Visit, token: IDToken) -> Response:
    said = claims.read(token, client.provider)
    begun = None
    with transaction():
        found = admission.admit(said, request.remote_addr)
        if found.user is not None and found.identity_id is not None:
            used_factor = bool(token.proofs & set(client.provider.second_factors))
            vouched = Vouched(found.identity_id, used_factor=used_factor)
            if not asks_for_factor(found.user, visit.way_back, vouched):
                begun = begin_and_notify(
                    found.user,
                    visit.way_back,
                    by="provider",
                    vouched=vouched,
                    org_id=found.org_id,
                    confirmed_at=min(token.signed_in_at or utc_now() - _LONG_AGO, utc_now()),
                )
    if found.user is None:
        raise NoRoleError
    return admit(begun, visit.way_back)


def _connect(client: Client, visit: Visit, token: IDToken) -> Response:
    who = identity()
    if who is None or who.user.id != visit.user_id:
        return provider_failures.over()
    with transaction():
        admission.connect(who.user, claims.read(token, client.provider), current_actor())
    flash(
        gettext(
            "Your account is connected. You can sign in with %(name)s from now on.", name=client.provider.name
        )
    )
    return redirect(visit.way_back)


def _confirm(visit: Visit, token: IDToken) -> Response:
    """Only the identity that opens the account confirms, not anyone who signed in there meanwhile."""
    who = identity()
    if who is None or who.user.id != visit.user_id:
        return provider_failures.over()
    known = identities.find(token.issuer, token.subject)
    if known is None or known.user_id != who.user.id:
        raise RefusedError("someone else signed in there to confirm")
    # They may have set up a second factor meanwhile, which the provider's word doesn't stand in for.
    if not confirmation.is_offered("provider", who.user):
        return provider_failures.over()
    with transaction():
        sessions.confirm(who)
    if visit.way_back:
        return redirect(visit.way_back)
    return redirect(url_for("auth.confirmed"))


@blueprint.get("/confirm/done")
def confirmed() -> str:
    """In the window that went to the provider: the person goes on in the one before."""
    return render_template("auth/confirmed.html")

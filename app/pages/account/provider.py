"""`/account/provider/disconnect`: sign in with the identity provider no more."""

from __future__ import annotations

from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from app import openid
from app.pages.account import view
from app.pages.account.blueprint import blueprint
from app.pages.actor import current_actor
from app.people.external import disconnection
from app.people.external.disconnection import OnlyWayError
from app.transaction import transaction
from app.web import leaving
from app.web.identity import current_identity, person_required
from app.web.step_up import Change, confirmation_required


@blueprint.post("/provider/disconnect")
@person_required
@confirmation_required(Change.SIGN_IN)
def disconnect_provider() -> Response | tuple[str, int]:
    """Disconnect it, unless it is the only way to sign in. A session that began there ends, this one too."""
    client = openid.current()
    if client is None:
        abort(404)
    who, provider = current_identity(), client.provider
    try:
        with transaction():
            ended = disconnection.by_person(who.user, provider.issuer, current_actor())
    except OnlyWayError as error:
        return view.page(provider_problem=str(error)), 422
    if who.vouched is not None and who.vouched.identity_id == ended:
        leaving.forget()
        flash(f"{provider.name} is disconnected. Sign in another way.")
        return redirect(url_for("auth.sign_in"))
    flash(f"{provider.name} is disconnected.")
    return redirect(url_for("account.show"))

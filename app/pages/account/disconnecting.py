"""`/account/provider/disconnect`, `/account/shell/disconnect`: sign in with the identity provider, or come in by the
shell, no more."""

from __future__ import annotations

from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from app import openid
from app.language import gettext
from app.pages.account import view
from app.pages.account.blueprint import blueprint
from app.pages.actor import current_actor
from app.people.external import disconnection
from app.people.external.disconnection import OnlyWayError
from app.shell import SHELL_NAME
from app.shell import current as trusted_shell
from app.transaction import transaction
from app.web import leaving
from app.web.identity import current_identity, person_required
from app.web.step_up import Change, confirmation_required


@blueprint.post("/provider/disconnect")
@person_required
@confirmation_required(Change.SIGN_IN)
def disconnect_provider() -> Response | tuple[str, int]:
    """Disconnect the identity provider, unless it is the only way to sign in."""
    client = openid.current()
    if client is None:
        abort(404)
    return _disconnect(client.provider.issuer, client.provider.name)


@blueprint.post("/shell/disconnect")
@person_required
@confirmation_required(Change.SIGN_IN)
def disconnect_shell() -> Response | tuple[str, int]:
    """Let the shell sign the person in no more, unless that is the only way."""
    shell = trusted_shell()
    if shell is None:
        abort(404)
    return _disconnect(shell.issuer, SHELL_NAME)


def _disconnect(issuer: str, name: str) -> Response | tuple[str, int]:
    """A session that began there ends, this one too."""
    who = current_identity()
    try:
        with transaction():
            ended = disconnection.by_person(who.user, issuer, current_actor())
            is_over = who.vouched is not None and who.vouched.identity_id == ended
            if is_over:
                leaving.forget()
    except OnlyWayError as error:
        return view.page(problem_of=issuer, problem=str(error)), 422
    if is_over:
        flash(gettext("%(name)s is disconnected. Sign in another way.", name=name))
        return redirect(url_for("auth.sign_in"))
    flash(gettext("%(name)s is disconnected.", name=name))
    return redirect(url_for("account.show"))

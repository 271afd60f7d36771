"""What the page about one's own account shows."""

from __future__ import annotations

from datetime import datetime

from flask import render_template

from app import openid
from app.models import User
from app.pages.account.forms import ChangePasswordForm, DetailsForm
from app.people import own_sessions
from app.people.external import disconnection, identities
from app.web.identity import current_identity, session_limits


def page(
    *,
    details: DetailsForm | None = None,
    password: ChangePasswordForm | None = None,
    provider_problem: str = "",
) -> str:
    """The whole page, with a form that was refused as it was sent. `provider_problem` is why the identity
    provider wasn't disconnected."""
    who = current_identity()
    return render_template(
        "account/show.html",
        person=who.user,
        details=details or DetailsForm.of(who.user, sent=False),
        provider_since=_provider_since(who.user),
        is_only_way=disconnection.is_only_way(who.user),
        provider_problem=provider_problem,
        password=password or ChangePasswordForm(formdata=None),
        sessions=own_sessions.list_for(who, session_limits()),
    )


def _provider_since(person: User) -> datetime | None:
    """Since when the person can sign in with the identity provider; None if they can't."""
    client = openid.current()
    found = identities.find_of(person.id, client.provider.issuer) if client is not None else None
    return found.created_at if found is not None else None

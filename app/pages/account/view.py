"""What the page about one's own account shows."""

from __future__ import annotations

from flask import render_template

from app.pages.account import identities
from app.pages.account.forms import ChangePasswordForm, DetailsForm
from app.people import own_sessions
from app.people.external import disconnection
from app.web.identity import current_identity, session_limits


def page(
    *,
    details: DetailsForm | None = None,
    password: ChangePasswordForm | None = None,
    problem_of: str = "",
    problem: str = "",
) -> str:
    """The whole page, with a form that was refused as it was sent. `problem` is why the identity at an
    issuer, `problem_of`, wasn't disconnected."""
    who = current_identity()
    return render_template(
        "account/show.html",
        person=who.user,
        details=details or DetailsForm.of(who.user, sent=False),
        elsewheres=identities.of(who.user),
        is_only_way=disconnection.is_only_way(who.user),
        problem_of=problem_of,
        problem=problem,
        password=password or ChangePasswordForm(formdata=None),
        sessions=own_sessions.list_for(who, session_limits()),
    )

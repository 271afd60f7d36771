"""Signing out in this browser: it forgets who was signed in, and what it has of their pages."""

from __future__ import annotations

from flask import Response, after_this_request, session
from flask_login import logout_user

from app.people import left_pages
from app.web.form_tokens import FIELD

_CACHE = '"cache"'
"""What browsers delete of this origin (https://www.w3.org/TR/clear-site-data/): responses, and pages that Back would
bring again. Not `"cookies"`: that deletes those of the whole site, the shell's too, and makes this browser unknown
to the account. Not `"storage"`: nothing of anyone's is there."""


def forget() -> None:
    """Let this browser be signed in no more, and delete what it has of the pages. In the transaction that ends the
    session (`app.people.sessions`)."""
    if FIELD in session:
        left_pages.leave(session[FIELD])
    logout_user()
    session.clear()

    @after_this_request
    def _clear(response: Response) -> Response:
        response.headers["Clear-Site-Data"] = _CACHE
        return response

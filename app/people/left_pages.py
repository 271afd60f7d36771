"""Pages that were drawn for a browser before its person signed out: no session begins by itself to go on with them.

A token of the shell may be on its way to such a page, or the page on its way to us with the cookies of before. Pages
are known by the secret of the session that their form tokens are bound to (`app.web.form_tokens`).
"""

from __future__ import annotations

from app.clock import utc_now
from app.database.locks import advisory_lock
from app.extensions import db
from app.people import used_tokens
from app.shell.tokens import LONGEST_LIFE

_LEFT = "pages that were left"


def leave(secret: str) -> None:
    """Remember it for as long as a token that was made before could be used. In the caller's transaction, in which
    the session ends: of a sign-out and a page that goes on at the same moment, the later one waits for the other."""
    advisory_lock(db.session(), f"pages {secret}")
    used_tokens.use(_LEFT, secret, utc_now() + LONGEST_LIFE)


def are_left(secret: str) -> bool:
    """Whether someone has signed out of them. In the caller's transaction, in which another session begins."""
    advisory_lock(db.session(), f"pages {secret}")
    return used_tokens.is_used(_LEFT, secret)

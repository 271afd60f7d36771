"""The language of a person who isn't there, for what is written to them: what their browser asked for."""

from __future__ import annotations

from sqlalchemy import update

from app.extensions import db
from app.models import User


def keep_browsers(user: User, locale: str) -> None:
    """Keep the locale of the browser that a person signs in with. In the caller's transaction; writes only if it is
    another than before."""
    if user.browser_language == locale:
        return
    db.session.execute(update(User).where(User.id == user.id).values(browser_language=locale))

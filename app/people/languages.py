"""The language of a person who isn't there: for what is written to them."""

from __future__ import annotations

from sqlalchemy import update

from app.extensions import db
from app.language import DEFAULT, LOCALES
from app.models import User


def reading_locale(user: User) -> str:
    """The locale that a person reads in: the one that they chose, else the one that their browser asked for when they
    last signed in, else the default."""
    return next((one for one in (user.language, user.browser_language) if one in LOCALES), DEFAULT)


def keep_browsers(user: User, locale: str) -> None:
    """Keep the locale of the browser that a person signs in with. In the caller's transaction; writes only if it is
    another than before."""
    if user.browser_language == locale:
        return
    db.session.execute(update(User).where(User.id == user.id).values(browser_language=locale))

"""Telling people about sign-ins to their account from a browser that has not signed in to it before."""

from __future__ import annotations

from app.clock import utc_now
from app.models import User
from app.notify.emails import NewSignIn
from app.people import own_mail, places


def notify(user: User, *, device: str, address: str | None) -> None:
    """Email the person about a sign-in just now, with what to do if it wasn't them. In the caller's transaction."""
    now = utc_now()
    email = NewSignIn(email=user.email, device=device, place=places.as_text(address), at=now)
    own_mail.write_if_possible(user, email, source=f"{user.id}:{now.isoformat()}")

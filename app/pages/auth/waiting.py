"""A browser whose password was right, and whose second factor is still missing: its session says which one it is, and
nothing else. It is signed in to nothing."""

from __future__ import annotations

from dataclasses import dataclass

from flask import session

from app.models import User
from app.people.factors import pending_sign_ins
from app.people.identification import Vouched

_KEY = "pending_sign_in"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Whose factor is missing, and where they were going; `vouched` if an identity provider sent them."""

    token: str
    user: User
    way_back: str
    vouched: Vouched | None = None


def remember(token: str, way_back: str) -> None:
    """Let this browser wait."""
    session[_KEY] = [token, way_back]


def find() -> Waiting | None:
    """Who this browser waits for; None if for no one, or no longer."""
    token, way_back = _stored()
    user = pending_sign_ins.find(token) if token else None
    if user is None:
        return None
    identity_id = pending_sign_ins.identity_of(token)
    return Waiting(token, user, way_back, Vouched(identity_id) if identity_id else None)


def way_back() -> str:
    """Where the person was going, also once the time is over; empty if nowhere."""
    return _stored()[1]


def _stored() -> tuple[str, str]:
    token, back = session.get(_KEY) or ("", "")
    return str(token), str(back)

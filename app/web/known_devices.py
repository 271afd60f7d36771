"""Browsers that have signed in to an account before: each keeps a signed cookie for half a year.

A known browser has counters of its own for attempts, so that what strangers try never counts against it, and signing
in with it is not told by email. A new password ends the second, but not the first: an attacker who was signed in once
is told again.
https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadData
from werkzeug.wrappers import Response

from app import signing
from app.clock import utc_now
from app.models import User
from app.web import cookies

_COOKIE = "known_device"
_KEPT_FOR = timedelta(days=180)
_MOST = 5
"""Accounts that a browser is known for: those that signed in last."""


@dataclass(frozen=True, slots=True)
class _Known:
    """An account (by a digest of its address) for which this browser was `device` when it signed in, in seconds since
    1970."""

    account: str
    device: str
    signed_in: float


def account_key(email: str) -> str:
    """A digest that stands for the account of an address, whether or not there is one."""
    return hashlib.sha256(email.strip().lower().encode("utf-8", "surrogatepass")).hexdigest()[:32]


def device_of(email: str) -> str | None:
    """Which device this browser is for an account; None if it never signed in to it."""
    found = _find(email)
    return found.device if found else None


def is_new(user: User) -> bool:
    """Whether this browser has not signed in to the account before, or not since its password was set."""
    found = _find(user.email)
    if found is None:
        return True
    return user.password_set_at is not None and found.signed_in < user.password_set_at.timestamp()


def remember(response: Response, email: str) -> None:
    """Know this browser for this account from now on."""
    kept = [one for one in _known() if one.account != account_key(email)]
    own = _Known(account_key(email), device_of(email) or secrets.token_hex(8), utc_now().timestamp())
    rows = [[one.account, one.device, one.signed_in] for one in (own, *kept)][:_MOST]
    cookies.write(response, _COOKIE, signing.serializer("known-device").dumps(rows), kept_for=_KEPT_FOR)


def _find(email: str) -> _Known | None:
    return next((one for one in _known() if one.account == account_key(email)), None)


def _known() -> list[_Known]:
    try:
        rows = signing.serializer("known-device").loads(
            cookies.read(_COOKIE), max_age=int(_KEPT_FOR.total_seconds())
        )
        return [_Known(str(account), str(device), float(at)) for account, device, at in rows]
    except (BadData, ValueError, TypeError):
        return []

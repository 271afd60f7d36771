"""Browsers that have signed in to an account before: each has a signed cookie, and its own counters of attempts.

So what strangers try never counts against them.
https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
"""

from __future__ import annotations

import hashlib
import secrets

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

_COOKIE = "known_device"
_KEPT_SECONDS = 180 * 24 * 3600


def device_of(email: str) -> str | None:
    """The id of this browser, if it has signed in to the account of this address before."""
    try:
        account, device = _serializer().loads(request.cookies.get(_COOKIE, ""))
    except (BadSignature, ValueError, TypeError):
        return None
    return str(device) if account == account_key(email) else None


def remember(response: Response, email: str) -> None:
    """Make this browser known to the account from now on: after signing in, in full."""
    if device_of(email) is not None:
        return
    value = _serializer().dumps([account_key(email), secrets.token_hex(8)])
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(_COOKIE, value, max_age=_KEPT_SECONDS, httponly=True, samesite="Lax", secure=secure)


def account_key(email: str) -> str:
    """An address as cookies and counters name it, without telling it."""
    return hashlib.sha256(email.strip().lower().encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="known-device")

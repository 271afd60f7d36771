"""Rate limits for sign-in attempts and password links: per IP address, and per account.

Only failed attempts count. The account's counter is a window of minutes, never a lock, and a browser that has signed
in to the account before has its own counter, so that an attacker can't lock out the owner.
https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
"""

from __future__ import annotations

import hashlib
import secrets

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from limits import RateLimitItem, parse
from werkzeug.wrappers import Response

from app.extensions import limiter

PER_ADDRESS = parse("30 per 5 minutes")
PER_ACCOUNT = parse("8 per 10 minutes")
LINKS_PER_ADDRESS = parse("10 per hour")
LINKS_PER_ACCOUNT = parse("3 per hour")
_COOKIE = "known_device"
_KEPT_SECONDS = 180 * 24 * 3600


def is_too_often(email: str) -> bool:
    """Whether this address or this account has to wait."""
    return not all(limiter.limiter.test(limit, *key) for limit, key in _counters(email))


def count_failure(email: str) -> None:
    """Count a failed attempt for the IP address and the account."""
    for limit, key in _counters(email):
        limiter.limiter.hit(limit, *key)


def may_ask_for_link(email: str) -> bool:
    """Whether a password link may be emailed now; counts the request, whether or not the account exists."""
    return limiter.limiter.hit(
        LINKS_PER_ADDRESS, "password-link", "address", request.remote_addr or "-"
    ) and limiter.limiter.hit(LINKS_PER_ACCOUNT, "password-link", "account", _account(email))


def remember_device(response: Response, email: str) -> None:
    """Give this browser its own counter for this account from now on."""
    if _device_of(email) is not None:
        return
    value = _serializer().dumps([_account(email), secrets.token_hex(8)])
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(_COOKIE, value, max_age=_KEPT_SECONDS, httponly=True, samesite="Lax", secure=secure)


def _counters(email: str) -> list[tuple[RateLimitItem, tuple[str, ...]]]:
    account = _account(email)
    return [
        (PER_ADDRESS, ("sign-in", "address", request.remote_addr or "-")),
        (PER_ACCOUNT, ("sign-in", "account", account, _device_of(email) or "unknown")),
    ]


def _device_of(email: str) -> str | None:
    try:
        account, device = _serializer().loads(request.cookies.get(_COOKIE, ""))
    except (BadSignature, ValueError):
        return None
    return str(device) if account == _account(email) else None


def _account(email: str) -> str:
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()[:32]


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="known-device")

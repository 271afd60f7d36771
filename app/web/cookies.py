"""Our cookies: for this host alone, out of reach of scripts, and not sent by other sites' forms.

Where the pages are https, their names begin with `__Host-`: browsers then take them only with `Secure` and `Path=/`
and without `Domain`, so no other host, not even a subdomain, can set one for us
(https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#name-the-__host-prefix).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import current_app, request
from werkzeug.wrappers import Response

from config import Settings


def config(settings: Settings) -> dict[str, Any]:
    """What Flask sets the cookie of its session with."""
    return {
        "SESSION_COOKIE_NAME": _named("billing_session", is_https=settings.is_https),
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
    }


def read(name: str) -> str:
    """The value that this browser sent, empty if it has none."""
    return request.cookies.get(_named(name, is_https=_is_https()), "")


def write(response: Response, name: str, value: str, *, kept_for: timedelta) -> None:
    """Let the browser keep a value."""
    response.set_cookie(
        _named(name, is_https=_is_https()),
        value,
        max_age=kept_for,
        path="/",
        secure=_is_https(),
        httponly=True,
        samesite="Lax",
    )


def _is_https() -> bool:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.is_https


def _named(name: str, *, is_https: bool) -> str:
    return f"__Host-{name}" if is_https else name

"""Our cookies: for this host alone, out of reach of scripts, and not sent by other sites' forms.

Where the pages are https, their names begin with `__Host-`: browsers then take them only with `Secure` and `Path=/`
and without `Domain`, so no other host, not even a subdomain, can set one for us
(https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#name-the-__host-prefix).

A frame on another site gets no `Lax` cookie. There the session is in a cookie of another name, `SameSite=None` and
`Partitioned`: a browser keeps it for that frame's site alone, so no other site that shows or calls us sends it
(https://github.com/privacycg/CHIPS). It needs `Secure`, also in development: browsers take such from `localhost`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response, current_app, has_request_context, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from werkzeug.wrappers import Response as AnyResponse

from app.own_pages import CONSOLE, is_of_console
from app.web import assets, frames
from config import Settings

_SESSION = "billing_session"
_FRAMED_SESSION = "billing_frame"
_OF_PROGRAMS = "/api/v1/"
_CONSOLE_SESSION = "operator_session"


def config(settings: Settings) -> dict[str, Any]:
    """What Flask sets the cookie of its session with, outside of frames on other sites."""
    return {
        "SESSION_COOKIE_NAME": _named(_SESSION, is_https=settings.is_https),
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
    }


class _ConsoleSessions(SecureCookieSessionInterface):
    """The session of the operators' console: sent to its addresses only, and signed apart, so that no cookie of an
    owner's session is taken for an operator's, nor the other way. Its path keeps it from the name `__Host-`."""

    salt = "operator-session"

    def get_cookie_name(self, app: Flask) -> str:  # noqa: ARG002 - as Flask asks it
        """`__Secure-`: browsers take it from https only."""
        return f"__Secure-{_CONSOLE_SESSION}" if _is_https() else _CONSOLE_SESSION

    def get_cookie_path(self, app: Flask) -> str:  # noqa: ARG002
        """Only the console's own pages."""
        return CONSOLE


class FrameAwareSessions(SecureCookieSessionInterface):
    """Flask's session, in a cookie of its own for a frame on another site, and for the operators' console. Programs
    that call the API have none: only their tokens count (`app.api.caller`), and neither reading nor writing cookies
    is worth its time there."""

    _console = _ConsoleSessions()

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie of this browser says; an empty one for programs."""
        if _is_of_programs(request):
            return self.session_class()
        if is_of_console(request.path):
            return self._console.open_session(app, request)
        return super().open_session(app, request)

    def get_cookie_name(self, app: Flask) -> str:
        """The name, which also says which of the two a browser has sent."""
        return framed_session_name() if is_in_foreign_frame() else super().get_cookie_name(app)

    def get_cookie_samesite(self, app: Flask) -> str | None:
        """`None` is sent to a frame on another site."""
        return "None" if is_in_foreign_frame() else super().get_cookie_samesite(app)

    def get_cookie_secure(self, app: Flask) -> bool:
        """What `SameSite=None` and `Partitioned` need."""
        return is_in_foreign_frame() or super().get_cookie_secure(app)

    def get_cookie_partitioned(self, app: Flask) -> bool:
        """Kept for the site that shows the frame."""
        return is_in_foreign_frame() or super().get_cookie_partitioned(app)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Static files are the same for everyone: without a cookie, and without `Vary: Cookie`."""
        if is_of_console(request.path):
            self._console.save_session(app, session, response)
        elif not assets.is_file(response) and not _is_of_programs(request):
            super().save_session(app, session, response)


def framed_session_name() -> str:
    """The name of the session's cookie in a frame on another site."""
    return _named(_FRAMED_SESSION, is_https=_is_https())


def is_in_foreign_frame() -> bool:
    """Whether the request comes from, or is for, a frame on another site.

    A browser without partitions may send the frame's cookie to a window, too: the window's own comes first.
    """
    if not has_request_context() or frames.is_window():
        return False
    if frames.enters_from_another_site():
        return True
    own = _named(_SESSION, is_https=_is_https())
    return framed_session_name() in request.cookies and own not in request.cookies


def framing_site() -> str:
    """On which site the frame is that a page is for, as far as its cookies say; the page sends it along."""
    return frames.CROSS_SITE if is_in_foreign_frame() else "same-site"


def session_is_here() -> bool:
    """Whether the browser sent the session's cookie that belongs here."""
    name = current_app.session_interface.get_cookie_name(current_app)
    return name in request.cookies


def read(name: str) -> str:
    """The value that this browser sent, empty if it has none."""
    return request.cookies.get(_named(name, is_https=_is_https()), "")


def write(response: AnyResponse, name: str, value: str, *, kept_for: timedelta) -> None:
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


def remove(response: Response, name: str) -> None:
    """Let the browser forget a value that `write` gave it."""
    response.delete_cookie(
        _named(name, is_https=_is_https()), path="/", secure=_is_https(), httponly=True, samesite="Lax"
    )


def _is_of_programs(asked: Request) -> bool:
    return asked.path.startswith(_OF_PROGRAMS)


def _is_https() -> bool:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.is_https


def _named(name: str, *, is_https: bool) -> str:
    return f"__Host-{name}" if is_https else name

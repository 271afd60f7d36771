"""The origins that may send requests that change something: our own pages. And to where the shell signs people in,
the shell's pages alone.

A form's token proves that we rendered it; this proves that the sending page is ours. Browsers send the origin of a
request in `Origin` (https://www.rfc-editor.org/rfc/rfc6454#section-7) and in `Sec-Fetch-Site`
(https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header), and no page can forge either. For a browser too old to
send either, only the token is checked.
"""

from __future__ import annotations

from flask import current_app, request

from app.own_pages import is_of_console
from app.web.content_security_policy import origin_of
from config import Settings

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Methods that change nothing (RFC 9110, section 9.2.1): https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1"""

OWN = frozenset({"same-origin", "none"})
"""What `Sec-Fetch-Site` says where a page of ours asks, or a person by an address, a bookmark or another program."""


def foreign_origin() -> str | None:
    """The foreign origin that sent this request; None if the origin is allowed.

    `null` is an opaque origin: a sandboxed frame, or a page opened from a file.
    """
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if is_of_console(request.path) and site is not None and site not in OWN:
        # It may be served at an address of its own, where what is public is another site.
        return origin or f"a {site} page"
    if origin is not None:
        return None if origin in _allowed(current_app.config["SETTINGS"]) else origin
    if site is not None:
        return None if site in OWN else f"a {site} page"
    if request.referrer:
        sent_from = origin_of(request.referrer)
        return None if sent_from in _allowed(current_app.config["SETTINGS"]) else sent_from
    return None


def not_of_shell() -> str | None:
    """As `foreign_origin`, for what a page of the shell posts into a frame, and our own in it to renew a session."""
    settings: Settings = current_app.config["SETTINGS"]
    return None if request.headers.get("Origin") in settings.shell_origins else foreign_origin()


def _allowed(settings: Settings) -> set[str]:
    """Our own; and the shell's where the shell shows our pages as its own, behind its proxy. The browser then says
    that they are of one origin, which it doesn't of a page of the shell's that sends us a form from elsewhere. The
    operators' console is in no page of the shell's."""
    if is_of_console(request.path):
        return _own(settings)
    is_proxied = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    return _own(settings) | (set(settings.shell_origins) if is_proxied else set())


def _own(settings: Settings) -> set[str]:
    """The public URL, and the one that the request came to.

    Behind a TLS-terminating proxy the second may differ from the first: `http`, or an internal name.
    """
    return {origin_of(settings.public_url), origin_of(request.host_url)}

"""The origins that may send requests that change something: our own pages, and the shell's.

A form's token proves that we rendered it; this proves that the sending page is ours. Browsers send the origin of a
request in `Origin` (https://www.rfc-editor.org/rfc/rfc6454#section-7) and in `Sec-Fetch-Site`
(https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header), and no page can forge either. For a browser too old to
send either, only the token is checked.
"""

from __future__ import annotations

from flask import current_app, request

from app.web.content_security_policy import origin_of
from config import Settings

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Methods that change nothing (RFC 9110, section 9.2.1): https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1"""


def foreign_origin() -> str | None:
    """The foreign origin that sent this request; None if the origin is allowed.

    `null` is an opaque origin: a sandboxed frame, or a page opened from a file.
    """
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if origin is not None:
        return None if origin in _allowed(current_app.config["SETTINGS"]) else origin
    if site is not None:
        return None if site in {"same-origin", "none"} else f"a {site} page"
    if request.referrer:
        sent_from = origin_of(request.referrer)
        return None if sent_from in _allowed(current_app.config["SETTINGS"]) else sent_from
    return None


def _allowed(settings: Settings) -> set[str]:
    """The public URL, the one that the request came to, and the shell's.

    Behind a TLS-terminating proxy the second may differ from the first: `http`, or an internal name.
    """
    return {origin_of(settings.public_url), origin_of(request.host_url), *settings.shell_origins}

"""From which site a request that changes something may come: from our own pages, and from the shell's.

The token of a form says that we drew it; this says that the page that sent it is ours. Browsers say where a request
comes from in `Origin` (https://www.rfc-editor.org/rfc/rfc6454#section-7) and in `Sec-Fetch-Site`
(https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header), and no page can forge either. A browser too old to say
anything is left to the token alone.
"""

from __future__ import annotations

from flask import current_app, request

from app.web.content_security_policy import origin_of
from config import Settings

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Methods that change nothing (RFC 9110, section 9.2.1): https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1"""


def foreign_origin() -> str | None:
    """The site that sent this request, where it is none of ours; None where all is well.

    `null` is an origin that hides itself: a sandboxed frame, or a page that was opened from a file.
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
    """The address that people know, the one that the request came to, and the shell's.

    Behind a proxy that ends TLS the second may be another than the first: `http`, or an inner name.
    """
    return {origin_of(settings.public_url), origin_of(request.host_url), *settings.shell_origins}

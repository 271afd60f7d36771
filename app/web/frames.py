"""Where a page is shown: in a window of its own, or in the shell's frame, and there on which site.

Browsers say it of every page they go to (https://www.w3.org/TR/fetch-metadata/#sec-fetch-dest-header). What a page
then asks for by itself says it with its cookies: in a frame on another site a browser sends only those that were made
for it there (`app.web.cookies`).
"""

from __future__ import annotations

from flask import Flask, current_app, has_request_context, request

from app.web.content_security_policy import origin_of
from config import Settings

ENTRANCE = "/auth/shell"
"""Where the shell signs people in (`app.pages.auth.shell`)."""
CROSS_SITE = "cross-site"
_FRAMES = frozenset({"iframe", "frame"})


def init_app(app: Flask) -> None:
    """Tell templates whether they are for a frame, and which origins may show it."""
    app.add_template_global(is_framed)
    app.add_template_global(shell_origins)


def shell_origins() -> str:
    """The origins of the shell, separated by spaces."""
    settings: Settings = current_app.config["SETTINGS"]
    return " ".join(settings.shell_origins)


def is_framed() -> bool:
    """Whether the request is for a page in a frame, which has neither header nor sign-out of its own."""
    return has_request_context() and request.headers.get("Sec-Fetch-Dest") in _FRAMES


def enters_from_another_site() -> bool:
    """Whether a page of another site posts into a frame what is to sign someone in there.

    Browsers that don't say so are too old to tell a site from an origin.
    """
    if request.path != ENTRANCE or request.method != "POST":
        return False
    if request.headers.get("X-Frame-Site") == CROSS_SITE:
        # A page that is there already, and that said so in a request of its own: no page of another origin can.
        return True
    goes_to, site = request.headers.get("Sec-Fetch-Dest"), request.headers.get("Sec-Fetch-Site")
    if goes_to is not None and goes_to not in _FRAMES:
        return False
    if site is not None:
        return site == CROSS_SITE
    return request.headers.get("Origin") != origin_of(request.host_url)


def is_window() -> bool:
    """Whether the request is for a page in a window of its own."""
    return request.headers.get("Sec-Fetch-Dest") == "document"

"""Which page a browser sent a request from.

https://developer.mozilla.org/docs/Web/HTTP/Headers/Sec-Fetch-Site; where that isn't sent, there is `Origin`.
"""

from __future__ import annotations

from flask import Request


def is_own(request: Request) -> bool:
    """Whether a page of the stand-in sent it; a program says nothing of where it comes from."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == request.host_url.rstrip("/")


def is_foreign(request: Request) -> bool:
    """Whether a page of another origin sent it."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in {"same-origin", "none"}
    return "Origin" in request.headers and not is_own(request)

"""Requests that the server refuses before processing them: an incomplete body, or no free thread.

The response looks like those of the pages or of the API, but nothing is looked up for it: the person stays
unidentified.
"""

from __future__ import annotations

from flask import Flask, Response, abort, g, request

from app.web.identity import continue_unidentified
from app.web.pools import REFUSED


def init_app(app: Flask) -> None:
    """Refuse before anything else: before cookies, tokens and limits cause database queries."""
    app.before_request(_refuse)
    app.after_request(_set_retry_after)


def retry_after(response: Response, seconds: int) -> None:
    """Set `Retry-After`, overriding that of rate limits."""
    response.headers["Retry-After"] = g.retry_after = str(seconds)


def _refuse() -> None:
    status: int | None = request.environ.get(REFUSED)
    if status is not None:
        continue_unidentified()
        abort(status)


def _set_retry_after(response: Response) -> Response:
    # Registered first, so it comes last: after the limiter, which puts the end of its window there.
    if "retry_after" in g:
        response.headers["Retry-After"] = g.retry_after
    return response

"""What the server refuses before anything was done for it: a body that didn't come, no thread that was free.

It is said in the words of the pages or of the API, but nothing is looked up for it: who asks stays unknown.
"""

from __future__ import annotations

from flask import Flask, Response, abort, g, request

from app.web.identity import continue_unidentified
from app.web.pools import REFUSED


def init_app(app: Flask) -> None:
    """Refuse first of all: before cookies, tokens and limits cost a question to the database."""
    app.before_request(_refuse)
    app.after_request(_say_when)


def retry_after(response: Response, seconds: int) -> None:
    """Say when to come again, whatever the limits of the address say to those who come too often."""
    response.headers["Retry-After"] = g.retry_after = str(seconds)


def _refuse() -> None:
    status: int | None = request.environ.get(REFUSED)
    if status is not None:
        continue_unidentified()
        abort(status)


def _say_when(response: Response) -> Response:
    # Registered first, so it comes last: after the limiter, which puts the end of its window there.
    if "retry_after" in g:
        response.headers["Retry-After"] = g.retry_after
    return response

"""What the server refuses before anything was done for it: a body that didn't come, no thread that was free.

It is said in the words of the pages or of the API, but nothing is looked up for it: who asks stays unknown.
"""

from __future__ import annotations

from flask import Flask, abort, request

from app.web.identity import go_on_unidentified
from app.web.pools import REFUSED


def init_app(app: Flask) -> None:
    """Refuse first of all: before cookies, tokens and limits cost a question to the database."""
    app.before_request(_refuse)


def _refuse() -> None:
    status: int | None = request.environ.get(REFUSED)
    if status is not None:
        go_on_unidentified()
        abort(status)

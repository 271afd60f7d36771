"""Leads on to another page after a form, also where htmx sent it."""

from __future__ import annotations

from flask import make_response, redirect
from werkzeug.wrappers import Response

from app.web.parts import wants_region


def go_on(address: str) -> Response:
    """Continue at one of our addresses with a whole page."""
    if not wants_region():
        return redirect(address, 303)
    response = make_response("", 204)
    response.headers["HX-Redirect"] = address
    return response

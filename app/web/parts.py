"""How much of a page a request wants: all of it, a region of an open page, or its `<main>`.

htmx says of each request whether it replaces the whole document (https://four.htmx.org/reference/headers/HX-Request-Type).
Our own open pages ask for regions, and name the organization that they show (`app.web.drawn_for`). What asks for part
of a page and names none is a shell that has the pages behind its own proxy, and swaps a `<main>` into its own page.
"""

from __future__ import annotations

from flask import Flask, Response, has_request_context, request

from app.web.drawn_for import HEADER
from app.web.marks import is_asked_by_pages

_DECIDING = ("HX-Request", "HX-Request-Type")


def init_app(app: Flask) -> None:
    """Let the layout know what of it is wanted, and caches tell the two apart."""
    app.add_template_global(wants_main)
    app.after_request(_vary)


def wants_main() -> bool:
    """Whether a page's `<main>` is wanted, by the page of a shell on the same origin."""
    return (
        has_request_context()
        and request.method == "GET"
        and _is_by_htmx()
        and request.headers.get("HX-Request-Type") == "partial"
        and HEADER not in request.headers
        and not is_asked_by_pages(request.blueprint)
    )


def wants_region() -> bool:
    """Whether one of our own open pages wants a region of itself, and shows an error in place."""
    return _is_by_htmx() and not wants_main()


def _is_by_htmx() -> bool:
    return request.headers.get("HX-Request") == "true"


def _vary(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.vary.update(_DECIDING)
    return response

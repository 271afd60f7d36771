"""Addresses that show nothing by themselves, and where they lead instead.

Without JavaScript a refused form is shown at the address that it was sent to: reloaded without sending it again, kept
as a bookmark or pasted, that address is asked for as if it were a page. It leads to the page that the form is on. An
address that is a page's but for the slash at its end leads to the page.
"""

from __future__ import annotations

from flask import current_app, redirect, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from app.web.marks import is_asked_by_pages
from app.web.origins import SAFE

_FOR_PROGRAMS = {"api", "csp_reports", "health", "webhooks"}


def way_on(error: HTTPException) -> Response | None:
    """A redirect to the page that is meant; None if there is none, or if the request would change something."""
    if request.method not in SAFE or request.endpoint is not None:
        return None
    path = request.path.rstrip("/")
    methods = _methods_at(path)
    if isinstance(error, MethodNotAllowed) and methods:
        return redirect(_page_above(path))
    if not isinstance(error, NotFound) or path == request.path or not methods:
        return None
    if "GET" not in methods:
        return redirect(_page_above(path))
    query = request.query_string.decode("latin-1")
    return redirect(f"{path}?{query}" if query else path)


def _page_above(path: str) -> str:
    """The nearest address at or above `path` that shows a page to someone, signed in or not."""
    while path.count("/") > 1:
        path = path.rsplit("/", 1)[0]
        if "GET" in _methods_at(path):
            return path
    return "/"


def _methods_at(path: str) -> set[str]:
    """The methods of a person's address; none where nothing is, or what programs or open pages ask for."""
    adapter = current_app.url_map.bind("")
    try:
        methods = set(adapter.allowed_methods(path))
        endpoint, _ = adapter.match(path, method="GET" if "GET" in methods else "POST")
    except (HTTPException, RequestRedirect):
        return set()
    blueprint = str(endpoint).partition(".")[0]
    return set() if blueprint in _FOR_PROGRAMS or is_asked_by_pages(blueprint) else methods

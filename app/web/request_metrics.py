"""Rate, errors and duration of requests, by route and endpoint: never by path, which anyone can make up."""

from __future__ import annotations

import time
from functools import cache
from typing import Any

from flask import Flask, Response, g, request

from app import metrics
from app.web.pools import pool_of

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
_NO_ROUTE = "none"
_WITHOUT = frozenset({"health.metrics", "health.healthz", "health.readyz"})
"""Monitoring that measures itself says nothing."""


def init_app(app: Flask) -> None:
    """Measure each request. `app.web.logs` notes when it began."""
    app.after_request(_measure)


def _measure(response: Response) -> Response:
    endpoint = request.endpoint
    if endpoint in _WITHOUT:
        return response
    started = g.get("started")
    if started is None:
        return response
    rule = request.url_rule
    route = rule.rule if rule is not None else _NO_ROUTE
    method = request.method if request.method in _METHODS else "OTHER"
    seconds = time.perf_counter() - started
    measure(endpoint or _NO_ROUTE, route, method, response.status_code, seconds)
    return response


def measure(endpoint: str, route: str, method: str, status: int, seconds: float) -> None:
    """Count a request, and measure how long it took."""
    counted, timed = _children(endpoint, route, method, status)
    counted.inc()
    timed.observe(seconds)


@cache
def _children(endpoint: str, route: str, method: str, status: int) -> tuple[Any, Any]:
    """The two series of a kind of request; looking them up by labels takes longer than writing them."""
    pool = pool_of(None if endpoint == _NO_ROUTE else endpoint, route).value
    outcome = "failed" if status >= 500 else "ok"
    return (
        metrics.REQUESTS.labels(pool, route, endpoint, method, str(status)),
        metrics.REQUEST_SECONDS.labels(pool, route, endpoint, outcome),
    )

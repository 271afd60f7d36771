"""A span for each request, by its route; where it came with a trace, it belongs to that."""

from __future__ import annotations

from flask import Flask, Response, g, request

from app import tracing
from app.web.logs import request_id

_WITHOUT = frozenset({"health.metrics", "health.healthz", "health.readyz", "assets.static"})


def init_app(app: Flask) -> None:
    """Trace requests, if anything is traced."""
    app.before_request(_begin)
    app.after_request(_note)
    app.teardown_request(_end)


def _begin() -> None:
    if not tracing.is_on() or request.endpoint in _WITHOUT:
        return
    route = request.url_rule.rule if request.url_rule is not None else "none"
    block = tracing.span(
        f"{request.method} {route}",
        kind="server",
        parent=request.headers.get(tracing.CARRIER),
        http__route=route,
        http__request__method=request.method,
        billing__request_id=request_id(),
    )
    g.traced = block, block.__enter__()


def _note(response: Response) -> Response:
    if (traced := g.get("traced")) is not None:
        tracing.note(traced[1], http__response__status_code=response.status_code)
    return response


def _end(error: BaseException | None) -> None:
    if (traced := g.pop("traced", None)) is not None:
        traced[0].__exit__(type(error) if error else None, error, error.__traceback__ if error else None)

"""`GET /metrics`: what Prometheus reads, for those who know METRICS_TOKEN."""

from __future__ import annotations

from flask import Flask, Response, abort, current_app, request

from app import metrics
from app.metrics import Collector
from app.web import health

_COLLECTORS = "metrics_collectors"


def add_collector(app: Flask, collector: Collector) -> None:
    """Let figures that are read when they are asked for be there, too."""
    app.extensions.setdefault(_COLLECTORS, []).append(collector)


@health.blueprint.get("/metrics", endpoint="metrics")
def show_metrics() -> Response:
    """404 where no token is set, 401 without the right one."""
    token: str = current_app.config["SETTINGS"].metrics_token
    if not token:
        abort(404)
    if not metrics.may_read(request.headers.get("Authorization", ""), token):
        return Response("", 401, {"WWW-Authenticate": 'Bearer realm="metrics"'})
    content = metrics.expose(*current_app.extensions.get(_COLLECTORS, []))
    return Response(content, content_type=metrics.CONTENT_TYPE, headers={"Cache-Control": "no-store"})

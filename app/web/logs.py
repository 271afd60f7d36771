"""Structured logs: one line per event, with the request's id, without secrets."""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request

from app.web import assets

log = structlog.get_logger("billing.web")

_SECRET_NAME = re.compile(r"password|secret|token|authorization|cookie|signature|api_key", re.IGNORECASE)
_SECRET_VALUE = re.compile(
    r"\b(?:[sr]k_(?:test|live)|whsec)_\w+|\bvpb_\w+|\b\w+_secret_\w+|postgres\w{0,20}(?:\+\w{1,20})?://\S+"
)
_QUIET = {"assets.static", "csp_reports.receive", "health.healthz", "health.readyz"}
_LIKE_A_TOKEN = re.compile(r"[A-Za-z0-9_.-]{40,}")
"""Longer than the ids that stand in addresses."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def init_app(app: Flask) -> None:
    """Configure logging for the process, and log each request once."""
    settings = app.config["SETTINGS"]
    configure(settings.log_level, settings.log_format)
    app.before_request(_begin)
    app.after_request(_end)


def configure(level: str, style: str) -> None:
    """Send everything, ours and the libraries', to standard error in one style (`json` or `text`)."""
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=_PROCESSORS,
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_PROCESSORS[1:-1],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for noisy in ("stripe", "urllib3", "procrastinate", "alembic.runtime.migration", "werkzeug"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLevelName(level)))


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Redact secrets: by the name of the field, or by the look of the text."""
    for name, value in event.items():
        if _is_secret(name):
            event[name] = "[redacted]"
        elif isinstance(value, str):
            event[name] = _SECRET_VALUE.sub("[redacted]", value)
    return event


@lru_cache(maxsize=1_000)
def _is_secret(name: str) -> bool:
    return _SECRET_NAME.search(name) is not None


_PROCESSORS: list[Any] = [
    structlog.stdlib.filter_by_level,
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    redact,
    structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
]
"""One list for the life of the process: a logger keeps it after its first use. A second configuration with its own
list would not affect that logger, and captured logs would miss it."""


def request_id() -> str:
    """The id of the request being served: in its logs, its answer's headers and its error pages."""
    known: str | None = g.get("request_id")
    return known or "-"


def path() -> str:
    """The path of the request being served, without the token that some links carry in it: also where it leads to no
    page, because more was pasted than the link, or another process serves what it opens."""
    if request.url_rule is None:
        return _LIKE_A_TOKEN.sub("[redacted]", request.path)
    token = (request.view_args or {}).get("token")
    return request.path.replace(token, "[redacted]") if token else request.path


def begin(given: str) -> str:
    """Begin to log a request: the id that it was given is in all its lines, or a new one. Returns that."""
    id_ = given if _REQUEST_ID.fullmatch(given) else uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=id_)
    return id_


def note(endpoint: str | None, method: str, path: str, status: int, seconds: float) -> None:
    """Log a request that was answered."""
    quiet = endpoint in _QUIET or status == 304
    (log.debug if quiet else log.info)(
        "request", method=method, path=path, status=status, milliseconds=round(seconds * 1000, 1)
    )


def _begin() -> None:
    g.request_id = begin(request.headers.get("X-Request-Id", ""))
    g.started = time.perf_counter()


def _end(response: Response) -> Response:
    if not assets.is_file(response):  # What caches keep is of no single request.
        response.headers["X-Request-Id"] = request_id()
    now = time.perf_counter()
    note(request.endpoint, request.method, path(), response.status_code, now - g.get("started", now))
    return response

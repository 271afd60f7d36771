"""Notices that a proxy is in front which `TRUSTED_PROXIES` doesn't count, so that all people share its address.

Limits of attempts then count everyone as one network, and the audit trail has the proxy's address. The service still
serves: `/readyz` names it without failing, since taking the pages of money away would make it worse.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from threading import Lock

import structlog
from flask import Flask, current_app, request

from app import networks
from app.web import health
from config import Settings

log = structlog.get_logger("billing.web")

_HEADERS = ("X-Forwarded-For", "Forwarded")
"""https://www.rfc-editor.org/rfc/rfc7239"""
_IN_ENVIRON = tuple(f"HTTP_{name.upper().replace('-', '_')}" for name in _HEADERS)
_LOGGED_EVERY = 60.0
"""Seconds between two log lines."""
_STATE = "unknown_proxies"
WHAT_TO_DO = (
    "Requests come through a proxy that TRUSTED_PROXIES doesn't count, so all people share its address: their wrong "
    "passwords count together. Set TRUSTED_PROXIES to the number of proxies in front that set X-Forwarded-For."
)


class _Seen:
    """What this process has seen."""

    def __init__(self) -> None:
        self.peer: str | None = None
        self.logged_at = float("-inf")
        self.lock = Lock()


def init_app(app: Flask) -> None:
    """Look at each request in production where no proxy is trusted, and say so when serving begins."""
    settings: Settings = app.config["SETTINGS"]
    if settings.trusted_proxies or not settings.is_production:
        return
    app.extensions[_STATE] = _Seen()
    app.before_request(_look)
    health.add_warning(app, "TRUSTED_PROXIES", _warning)


def say_at_start(settings: Settings) -> None:
    """Log where a web process of production begins to serve and trusts no proxy: TLS ends in front of it."""
    if settings.is_production and not settings.trusted_proxies:
        log.warning("no_proxy_is_trusted", setting="TRUSTED_PROXIES", hint=WHAT_TO_DO)


def is_known(environ: Mapping[str, object]) -> bool:
    """Whether nothing has to be looked at: no proxy has said whom it asks for, or those that do are trusted."""
    return not any(name in environ for name in _IN_ENVIRON) or _STATE not in current_app.extensions


def _look() -> None:
    if not any(name in request.headers for name in _HEADERS) or not networks.is_internal(request.remote_addr):
        return
    seen: _Seen = current_app.extensions[_STATE]
    with seen.lock:
        seen.peer = request.remote_addr or "-"
        now = time.monotonic()
        if now - seen.logged_at < _LOGGED_EVERY:
            return
        seen.logged_at = now
    log.error("proxy_is_not_trusted", setting="TRUSTED_PROXIES", peer=seen.peer, hint=WHAT_TO_DO)


def _warning() -> str | None:
    seen: _Seen = current_app.extensions[_STATE]
    return WHAT_TO_DO if seen.peer is not None else None

"""A page waits for Stripe only briefly, and never while it holds a lock that others need."""

from __future__ import annotations

import structlog
from flask import Flask, current_app, has_request_context, request

from app.billing.wallet import lock_queue
from app.payments import deadlines, http_client
from app.payments.deadlines import Deadline
from app.web.pools import STRIPE_BUSY, Pool, pool_of

log = structlog.get_logger("billing.web")


class AskedWronglyError(AssertionError):
    """Stripe was called where a slow response would block others."""


def init_app(app: Flask) -> None:
    """Give each request its deadline, and check every call to Stripe."""
    app.before_request(_set_deadline)
    app.teardown_request(_clear)
    with app.app_context():
        http_client.before_each(_check)


def _set_deadline() -> None:
    seconds = current_app.config["SETTINGS"].stripe_page_patience_seconds
    deadlines.current.set(Deadline(seconds, busy=STRIPE_BUSY in request.environ))


def _clear(_: BaseException | None) -> None:
    deadlines.current.set(None)


def _check() -> None:
    """Raise `AskedWronglyError` in tests; in production the call is made, and an error logged."""
    wrong = _what_is_wrong()
    if wrong is None:
        return
    if current_app.testing:
        raise AskedWronglyError(wrong)
    log.error("stripe_asked_wrongly", reason=wrong)


def _what_is_wrong() -> str | None:
    if lock_queue.is_any_held():
        return "A wallet is locked: all its requests would wait for Stripe. Commit before calling Stripe."
    endpoint = request.endpoint if has_request_context() else None
    if endpoint is not None and pool_of(endpoint) is not Pool.STRIPE:
        return f"{endpoint} is not among those that wait for Stripe (app.web.pools.ASK_STRIPE)."
    return None

"""A page waits for Stripe a short time, and with nothing locked that others need meanwhile."""

from __future__ import annotations

import structlog
from flask import Flask, current_app, has_request_context, request

from app.billing.wallet import lock_queue
from app.payments import http_client, patience
from app.payments.patience import Patience
from app.web.pools import STRIPE_BUSY, Pool, pool_of

log = structlog.get_logger("billing.web")


class AskedWronglyError(AssertionError):
    """Stripe was asked where its slowness would stop others."""


def init_app(app: Flask) -> None:
    """Give each request its patience, and watch how Stripe is asked."""
    app.before_request(_be_patient)
    app.teardown_request(_forget)
    with app.app_context():
        http_client.before_each(_check)


def _be_patient() -> None:
    seconds = current_app.config["SETTINGS"].stripe_page_patience_seconds
    patience.current.set(Patience(seconds, busy=STRIPE_BUSY in request.environ))


def _forget(_: BaseException | None) -> None:
    patience.current.set(None)


def _check() -> None:
    """Raise `AskedWronglyError` in tests; in production it is asked, and the log says so."""
    wrong = _what_is_wrong()
    if wrong is None:
        return
    if current_app.testing:
        raise AskedWronglyError(wrong)
    log.error("stripe_asked_wrongly", reason=wrong)


def _what_is_wrong() -> str | None:
    if lock_queue.is_any_held():
        return "A wallet is locked: all its requests would wait for Stripe. Commit before asking."
    endpoint = request.endpoint if has_request_context() else None
    if endpoint is not None and pool_of(endpoint) is not Pool.STRIPE:
        return f"{endpoint} is not among those that wait for Stripe (app.web.pools.ASK_STRIPE)."
    return None

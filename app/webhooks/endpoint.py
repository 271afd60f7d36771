"""`POST /webhooks/stripe`: verify the raw body, store the event once, answer immediately."""

from __future__ import annotations

import structlog
from flask import Blueprint, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.payments import events, signatures
from app.payments.events import NotAnEventError
from app.payments.signatures import SignatureError
from app.stripe_events import inbox
from app.transaction import transaction

log = structlog.get_logger("billing.webhooks")
blueprint = Blueprint("webhooks", __name__)

MAX_BODY = 4 * 1024 * 1024
"""Bytes. An event carries its whole object: an invoice with many lines is far larger than any form of ours."""


@blueprint.post("/webhooks/stripe")
def receive() -> tuple[dict[str, str], int]:
    """Receive an event. Stripe resends it until it gets a 2xx, which it gets once the event is stored.

    The header is checked before the body is read, so that forged requests cost next to nothing.
    """
    secrets = current_app.config["SETTINGS"].stripe_webhook_secrets
    try:
        signature = signatures.read(request.headers.get("Stripe-Signature", ""))
        body = _body()
        signature.check(body, secrets)
        notice = events.read(body)
    except RequestEntityTooLarge:
        log.warning("webhook_refused", reason="too large", bytes=request.content_length)
        return {"error": f"The body is larger than {MAX_BODY} bytes."}, 413
    except (SignatureError, NotAnEventError) as error:
        log.warning("webhook_refused", reason=str(error))
        return {"error": str(error)}, 400
    with transaction():
        is_new = inbox.store(notice)
    return {"status": "stored" if is_new else "known"}, 200


def _body() -> bytes:
    """The raw body. Raises `RequestEntityTooLarge`."""
    # Read one byte more than allowed, because a chunked body is silently cut off at the limit.
    request.max_content_length = MAX_BODY + 1
    body = request.get_data(cache=False)
    if len(body) > MAX_BODY:
        raise RequestEntityTooLarge
    return body

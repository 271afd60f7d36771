"""Events as Stripe would send them, for what the stand-in never does."""

from __future__ import annotations

import json
import time
from itertools import count
from typing import Any

import stripe
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import StripeEvent
from tests.support.sandbox import WEBHOOK_SECRET

_numbers = count(1)


def an_event(
    type_: str = "payment_intent.succeeded", object_id: Any = "pi_test", **changes: Any
) -> dict[str, Any]:
    """An event about an object that need not exist."""
    return {
        "id": f"evt_test_{next(_numbers)}",
        "object": "event",
        "type": type_,
        "created": int(time.time()),
        "livemode": False,
        "api_version": stripe.api_version,
        "data": {"object": {"id": object_id, "object": type_.split(".", maxsplit=1)[0]}},
    } | changes


def send(
    client: FlaskClient, event: Any, *, secrets: tuple[str, ...] = (WEBHOOK_SECRET,), off: int = 0
) -> TestResponse:
    """Post an event, or any text, signed with each of the secrets by a clock that is `off` by so many seconds."""
    body = event if isinstance(event, str) else json.dumps(event)
    at = int(time.time()) + off
    headers = [stripe.WebhookSignature.generate_signature_header(body, one, at) for one in secrets]
    signatures = [header.split(",")[1] for header in headers]
    header = ",".join([f"t={at}", *signatures])
    return client.post("/webhooks/stripe", data=body.encode(), headers={"Stripe-Signature": header})


def stored(event_id: str) -> StripeEvent | None:
    """An event's row as it is now."""
    db.session.rollback()
    return db.session.get(StripeEvent, event_id, populate_existing=True)


def row_of(event_id: str) -> StripeEvent:
    """The row of an event that must be stored."""
    found = stored(event_id)
    assert found is not None
    return found

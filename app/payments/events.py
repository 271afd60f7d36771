"""Events that Stripe sends: their signature, and what we need of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import stripe

TOLERANCE_SECONDS = 300
"""How old a signature may be (https://docs.stripe.com/webhooks#replay-attacks)."""


class SignatureError(Exception):
    """The event was not signed with one of our secrets, or too long ago."""


@dataclass(frozen=True, slots=True)
class Notice:
    """That something happened to an object of Stripe's. The object itself is fetched anew when it matters."""

    id: str
    type: str
    object_id: str | None
    created_at: datetime


def verify(body: bytes, signature: str, secrets: Sequence[str]) -> Notice:
    """Check the signature over the raw body and read the event. Several secrets allow changing one.

    Raises `SignatureError`.
    """
    text = body.decode("utf-8", "replace")
    if not any(_is_signed(text, signature, secret) for secret in secrets):
        raise SignatureError("The signature fits none of the webhook secrets.")
    try:
        event = json.loads(text)
        return Notice(
            id=str(event["id"]),
            type=str(event["type"]),
            object_id=event["data"]["object"].get("id"),
            created_at=datetime.fromtimestamp(int(event["created"]), UTC),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SignatureError("The body is not an event.") from error


def _is_signed(text: str, signature: str, secret: str) -> bool:
    try:
        return bool(stripe.WebhookSignature.verify_header(text, signature, secret, TOLERANCE_SECONDS))
    except stripe.SignatureVerificationError:
        return False

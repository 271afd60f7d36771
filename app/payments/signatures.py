"""Stripe's signature over a webhook's raw body (https://docs.stripe.com/webhooks#verify-manually)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import stripe

TOLERANCE_SECONDS = 300
"""How far a signature's time may be from ours (https://docs.stripe.com/webhooks#replay-attacks)."""

_SCHEME = stripe.WebhookSignature.EXPECTED_SCHEME


class SignatureError(Exception):
    """A body was not signed with one of our secrets, or too long ago; the message says what to check."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A well-formed and recent signature header. Whether it matches the body isn't checked yet."""

    header: str

    def check(self, body: bytes, secrets: Sequence[str]) -> None:
        """Raise `SignatureError` unless the body was signed with one of the secrets. Several allow rotation."""
        if not any(self._fits(body, secret) for secret in secrets):
            raise SignatureError(
                "The signature matches none of the webhook secrets. Set STRIPE_WEBHOOK_SECRET to the signing secret "
                "of this endpoint; while changing it, to the new and the old one with a space between them."
            )

    def _fits(self, body: bytes, secret: str) -> bool:
        try:
            return bool(stripe.WebhookSignature.verify_header(body, self.header, secret))
        except (stripe.SignatureVerificationError, UnicodeDecodeError):
            return False


def read(header: str, *, now: float | None = None) -> Signature:
    """The signature of a header like `t=1732500000,v1=5257a8…`, before any body is read.

    Raises `SignatureError` if it is malformed, or its time is too far from `now`, in seconds since 1970.
    """
    parts = [part.partition("=") for part in header.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    if not times or not _is_number(times[0]) or _SCHEME not in {name for name, _, _ in parts}:
        raise SignatureError("The header Stripe-Signature is missing, or is none of Stripe's.")
    off = int(times[0]) - (time.time() if now is None else now)
    if abs(off) > TOLERANCE_SECONDS:
        raise SignatureError(
            f"The signature's timestamp is {abs(off):.0f} seconds {'ahead of' if off > 0 else 'behind'} this "
            f"server's clock; {TOLERANCE_SECONDS} are allowed. Check that the clock is set by NTP. An event that was "
            "held up on its way is sent again with a new timestamp."
        )
    return Signature(header)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 15

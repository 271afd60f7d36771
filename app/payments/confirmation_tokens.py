"""Confirmation tokens: a card that was entered in Stripe's fields, until a payment is confirmed with it.

A token confirms one payment, within twelve hours, and allows later use only if Stripe's fields were set up for it
(https://docs.stripe.com/payments/finalize-payments-on-the-server#create-ct).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from app.payments.client import stripe_client
from app.payments.errors import RefusedError, translated

KEPT_FOR = timedelta(hours=12)
"""How long Stripe keeps an unused one."""
_ID = re.compile(r"ctoken_[A-Za-z0-9_]{1,240}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ConfirmationToken:
    """What a token reveals about its card. `keeps_card` is whether a payment with it saves the card for later
    charges.

    `is_used` is whether a payment was confirmed with it, and `fingerprint` may be missing.
    """

    id: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    fingerprint: str | None
    keeps_card: bool
    is_used: bool


def is_token(id_: str) -> bool:
    """Whether this looks like the id of a confirmation token."""
    return bool(_ID.fullmatch(id_))


def fetch(token_id: str) -> ConfirmationToken:
    """A token as it is now.

    Raises `OutcomeUnknownError`, `NotDoneError`, and `RefusedError` for one that Stripe doesn't have, or that isn't
    for a card.
    """
    with translated():
        token = stripe_client().v1.confirmation_tokens.retrieve(token_id)
    preview = token.payment_method_preview
    if preview is None or preview.type != "card" or preview.card is None:
        raise RefusedError(
            "not_a_card", f"{token.id} is of a {preview.type if preview else 'nothing'}, not of a card."
        )
    return ConfirmationToken(
        id=token.id,
        brand=preview.card.display_brand or preview.card.brand,
        last4=preview.card.last4,
        exp_month=preview.card.exp_month,
        exp_year=preview.card.exp_year,
        fingerprint=preview.card.fingerprint,
        keeps_card=token.setup_future_usage == "off_session",
        is_used=token.payment_intent is not None or token.setup_intent is not None,
    )

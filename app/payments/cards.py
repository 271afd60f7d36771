"""Cards: save them with the payer's consent, and read them from Stripe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import stripe

from app.payments.client import stripe_client
from app.payments.errors import RefusedError, translated
from app.payments.references import id_of
from app.payments.statuses import SetupIntentStatus
from app.payments.timestamps import to_datetime


@dataclass(frozen=True, slots=True)
class Card:
    """A saved card, without what would make it usable elsewhere.

    `fingerprint` is the same for the same number, whatever its expiry, and may be missing
    (https://support.stripe.com/questions/how-can-i-detect-duplicate-cards-or-bank-accounts).
    """

    stripe_id: str
    customer_id: str | None
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    fingerprint: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Setup:
    """A setup intent: a card being saved. `card` is set once it has succeeded."""

    id: str
    status: SetupIntentStatus
    client_secret: str | None
    customer_id: str | None
    card: Card | None


def begin_setup(customer_id: str, *, key: str) -> Setup:
    """Begin to save a card for charges with and without the payer present; the same `key` gives the same setup.

    https://docs.stripe.com/payments/save-and-reuse. Raises `OutcomeUnknownError`, `NotDoneError`, `RefusedError`.
    """
    with translated():
        intent = stripe_client().v1.setup_intents.create(
            {"customer": customer_id, "usage": "off_session", "allowed_payment_method_types": ["card"]},
            {"idempotency_key": key},
        )
    return _setup(intent)


def fetch_setup(setup_intent_id: str) -> Setup:
    """A setup intent as it is now, with its card. Raises as `begin_setup` does."""
    with translated():
        return _setup(
            stripe_client().v1.setup_intents.retrieve(setup_intent_id, {"expand": ["payment_method"]})
        )


def fetch(payment_method_id: str) -> Card:
    """Fetch a card. Raises as `begin_setup` does, and `RefusedError` if it is not a card."""
    with translated():
        return _card(stripe_client().v1.payment_methods.retrieve(payment_method_id))


def detach(payment_method_id: str) -> None:
    """Detach a card from its customer, so that nothing can charge it any more; repeating this changes nothing.

    Raises `OutcomeUnknownError`, `NotDoneError`, and `RefusedError` if the card is still attached.
    """
    try:
        with translated():
            stripe_client().v1.payment_methods.detach(payment_method_id)
    except RefusedError:
        if fetch_attached(payment_method_id) is not None:
            raise


def fetch_attached(payment_method_id: str) -> Card | None:
    """A card as it is now; None if it is no longer attached to a customer, or unknown to Stripe.

    Raises `OutcomeUnknownError`, `NotDoneError`, and `RefusedError` if it isn't a card.
    """
    try:
        card = fetch(payment_method_id)
    except RefusedError as error:
        if error.code != "resource_missing":
            raise
        return None
    return card if card.customer_id is not None else None


def _setup(intent: stripe.SetupIntent) -> Setup:
    method = intent.payment_method
    status = SetupIntentStatus(intent.status)
    succeeded = status is SetupIntentStatus.SUCCEEDED and method is not None and not isinstance(method, str)
    return Setup(
        id=intent.id,
        status=status,
        client_secret=intent.client_secret,
        customer_id=id_of(intent.customer),
        card=_card(method) if succeeded else None,
    )


def _card(method: Any) -> Card:
    if method.type != "card" or method.card is None:
        raise RefusedError("not_a_card", f"{method.id} is a {method.type}, not a card.")
    return Card(
        stripe_id=method.id,
        customer_id=id_of(method.customer),
        brand=method.card.display_brand or method.card.brand,
        last4=method.card.last4 or "",
        exp_month=method.card.exp_month,
        exp_year=method.card.exp_year,
        fingerprint=method.card.fingerprint,
        created_at=to_datetime(method.created),
    )

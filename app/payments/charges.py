"""Charges: what payments took from a card."""

from __future__ import annotations

from app.money import Money
from app.payments.client import stripe_client
from app.payments.errors import translated


def left_of(charge_id: str) -> Money:
    """The amount of a charge that has not been refunded. Raises `OutcomeUnknownError`, `NotDoneError`,
    `RefusedError`."""
    with translated():
        charge = stripe_client().v1.charges.retrieve(charge_id)
    return Money.from_minor(charge.amount_captured - charge.amount_refunded, charge.currency.upper())

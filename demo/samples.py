"""Cards and past events for the demo, created at Stripe in test mode, or at its stand-in."""

from __future__ import annotations

from datetime import date, datetime

import requests
from flask import current_app

from app.payments import cards
from app.payments.cards import Card
from app.payments.client import stripe_client
from app.payments.errors import OutcomeUnknownError, RefusedError, translated
from stripe_sandbox.control_client import ControlClient, ControlError


def attach_card(token: str, customer_id: str, *, expires: date) -> Card:
    """Give the customer a card made from a test id (https://docs.stripe.com/testing#cards), with this expiry.

    Raises `OutcomeUnknownError`, `NotDoneError`, `RefusedError`, `DeclinedError`.
    """
    with translated():
        methods = stripe_client().v1.payment_methods
        method = methods.attach(token, {"customer": customer_id})
        methods.update(method.id, {"card": {"exp_month": expires.month, "exp_year": expires.year}})
    return cards.fetch(method.id)


def move_time(customer_id: str, to: datetime) -> bool:
    """Move a customer's time, if the processor is the stand-in; False if it is Stripe itself.

    Stripe has test clocks, which stand still: nothing could be paid by them that is to be seen today. Raises
    `OutcomeUnknownError` where the stand-in can't be reached.
    """
    settings = current_app.config["SETTINGS"]
    if not settings.uses_sandbox:
        return False
    try:
        ControlClient(settings.stripe_api_base).move_to(customer_id, to)
    except ControlError as error:
        raise RefusedError("clock", str(error)) from error
    except requests.RequestException as error:
        raise OutcomeUnknownError(type(error).__name__) from error
    return True


def disputes_of(payment_intent_id: str) -> list[str]:
    """The disputes of a payment, by id. Raises as `attach_card` does."""
    with translated():
        found = stripe_client().v1.disputes.list({"payment_intent": payment_intent_id})
        return [dispute.id for dispute in found.data]


def win_dispute(dispute_id: str) -> None:
    """Answer the bank with words that win in test mode (https://docs.stripe.com/testing#evidence).

    Raises as `attach_card` does.
    """
    with translated():
        stripe_client().v1.disputes.update(
            dispute_id, {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": True}
        )

"""Charging: create and confirm payment intents, with a card that is saved or being typed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import stripe

from app.money import Money
from app.payments.client import stripe_client
from app.payments.confirmation_tokens import is_token
from app.payments.errors import DeclinedError, NotDoneError, RefusedError, translated
from app.payments.intents import UNEXPECTED_STATE, Payment, fetch, payment_of


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """A charge to make: with the same `key`, repeating the request makes only one charge.

    `card` is a payment method's id, or that of a confirmation token, from which Stripe creates the payment method.
    `statement` is the statement descriptor after the account's prefix. With `keep`, Stripe attaches the payment
    method to the customer once the payment has succeeded, for later charges with and without the payer present
    (https://docs.stripe.com/payments/save-during-payment). `radar_session` is a snapshot of the payer's browser, for
    a saved card that is charged while they are there (https://docs.stripe.com/radar/radar-session). `off_session`:
    the payer isn't there, so a bank that wants to ask them declines with `authentication_required`; the same intent
    can be confirmed while they are (https://docs.stripe.com/payments/save-and-reuse#charge-saved-payment-method).
    `auto_month`: no person began the top-up, and it counts toward the cap of that month.
    """

    key: str
    amount: Money
    customer_id: str
    card: str
    top_up_id: UUID
    org_id: UUID
    return_url: str
    description: str
    statement: str
    keep: bool = False
    radar_session: str | None = None
    off_session: bool = False
    auto_month: date | None = None


def charge(request: ChargeRequest) -> Payment:
    """Create and confirm a payment intent; a decline is returned as a payment.

    https://docs.stripe.com/api/payment_intents/create. Raises `OutcomeUnknownError`, `NotDoneError`, `RefusedError`,
    and `DeclinedError` if Stripe declined before creating a payment intent.
    """
    params: stripe.params.PaymentIntentCreateParams = {
        "amount": request.amount.minor,
        "currency": request.amount.currency.lower(),
        "customer": request.customer_id,
        "allowed_payment_method_types": ["card"],
        "confirm": True,
        "description": request.description,
        "statement_descriptor_suffix": request.statement,
        "metadata": {
            "top_up": str(request.top_up_id),
            "organization": str(request.org_id),
            **({"auto_month": request.auto_month.isoformat()} if request.auto_month else {}),
        },
    }
    if request.off_session:
        params["off_session"] = True
    else:
        params["use_stripe_sdk"], params["return_url"] = True, request.return_url
    if is_token(request.card):
        params["confirmation_token"] = request.card
    else:
        params["payment_method"] = request.card
    if request.keep:
        params["setup_future_usage"] = "off_session"
    if request.radar_session:
        params["radar_options"] = {"session": request.radar_session}
    with _signals_are_optional(), _declines_as_payments() as outcome:
        outcome.intent = stripe_client().v1.payment_intents.create(params, {"idempotency_key": request.key})
    return payment_of(outcome.intent)


def charge_again(payment_intent_id: str, request: ChargeRequest) -> Payment:
    """Retry the same payment intent with this card: an intent can't be paid twice. Raises as `charge` does.

    One that was paid meanwhile, by an earlier attempt whose response was lost, is returned as it is.
    """
    try:
        return _confirm(payment_intent_id, request)
    except RefusedError as error:
        if error.code != UNEXPECTED_STATE:
            raise
        return fetch(payment_intent_id)


def pay_with(payment_intent_id: str, payment_method_id: str, *, return_url: str, key: str) -> Payment:
    """Pay a payment intent that Stripe created, such as an invoice's, with this card while the payer is present.

    A decline is returned as a payment, and so is one that is already paid. Raises as `charge` does.
    """
    try:
        with _declines_as_payments() as outcome:
            outcome.intent = stripe_client().v1.payment_intents.confirm(
                payment_intent_id,
                {"payment_method": payment_method_id, "use_stripe_sdk": True, "return_url": return_url},
                {"idempotency_key": key},
            )
        return payment_of(outcome.intent)
    except RefusedError as error:
        if error.code != UNEXPECTED_STATE:
            raise
        return fetch(payment_intent_id)


def _confirm(payment_intent_id: str, request: ChargeRequest) -> Payment:
    params: stripe.params.PaymentIntentConfirmParams
    if request.off_session:
        params = {"off_session": True}
    else:
        params = {
            "use_stripe_sdk": True,
            "return_url": request.return_url,
            # Set each time: the choice for the card that failed doesn't apply to this one.
            "setup_future_usage": "off_session" if request.keep else "",
        }
    if is_token(request.card):
        params["confirmation_token"] = request.card
    else:
        params["payment_method"] = request.card
    if request.radar_session:
        params["radar_options"] = {"session": request.radar_session}
    with _signals_are_optional(), _declines_as_payments() as outcome:
        outcome.intent = stripe_client().v1.payment_intents.confirm(
            payment_intent_id, params, {"idempotency_key": request.key}
        )
    return payment_of(outcome.intent)


class _Outcome:
    intent: Any = None


class _declines_as_payments:  # noqa: N801, reads as a statement
    """A declined payment intent is an outcome like any other; only a decline without one is an error."""

    def __enter__(self) -> _Outcome:
        self.outcome = _Outcome()
        self.translation = translated()
        self.translation.__enter__()
        return self.outcome

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
        try:
            self.translation.__exit__(kind, error, trace)
        except DeclinedError as declined:
            if declined.intent is None:
                raise
            self.outcome.intent = declined.intent
        return True


@contextmanager
def _signals_are_optional() -> Iterator[None]:
    """A browser snapshot that Stripe rejects is no reason to refuse a card: nothing was done, so retry without it."""
    try:
        yield
    except RefusedError as error:
        if (error.param or "").startswith("radar_options"):
            raise NotDoneError("radar_session") from error
        raise

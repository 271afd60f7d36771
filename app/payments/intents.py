"""Payment intents: what became of a charge, as Stripe knows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import stripe

from app.money import Money
from app.payments.client import stripe_client
from app.payments.errors import translated
from app.payments.references import id_of
from app.payments.statuses import PaymentIntentStatus
from app.payments.timestamps import to_datetime

UNEXPECTED_STATE = "payment_intent_unexpected_state"
"""Stripe's code for what a payment intent can't do any more, such as being paid again."""


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment intent as fetched from Stripe. `top_up_id`, `org_id` and `auto_month` come from our metadata.

    `method_id` is the card that paid, or that failed last; `advice_code` is what the card network advises
    after a decline (https://docs.stripe.com/declines/card#retrying-issuer-declines).
    """

    id: str
    status: PaymentIntentStatus
    amount: Money
    received: Money
    customer_id: str | None
    top_up_id: str | None
    charge_id: str | None
    decline_code: str | None
    client_secret: str | None
    method_id: str | None = None
    advice_code: str | None = None
    org_id: str | None = None
    auto_month: date | None = None
    created_at: datetime | None = None

    @property
    def succeeded(self) -> bool:
        return self.status is PaymentIntentStatus.SUCCEEDED

    @property
    def requires_action(self) -> bool:
        """Whether the bank is waiting for the payer."""
        return self.status is PaymentIntentStatus.REQUIRES_ACTION


def fetch(payment_intent_id: str) -> Payment:
    """The payment intent as it is now. Raises `OutcomeUnknownError`, `NotDoneError`, `RefusedError`."""
    with translated():
        return payment_of(stripe_client().v1.payment_intents.retrieve(payment_intent_id))


def created_since(at: datetime) -> Iterator[Payment]:
    """All payment intents created since `at`, newest first. Raises as `fetch` does."""
    with translated():
        listed = stripe_client().v1.payment_intents.list(
            {"created": {"gte": int(at.timestamp())}, "limit": 100}
        )
        for intent in listed.auto_paging_iter():
            yield payment_of(intent)


def find_for_top_up(top_up_id: UUID, *, customer_id: str, since: datetime) -> Payment | None:
    """The payment intent of a top-up whose response was lost, if one was created. Raises as `fetch` does."""
    with translated():
        listed = stripe_client().v1.payment_intents.list(
            {"customer": customer_id, "created": {"gte": int(since.timestamp()) - 60}, "limit": 100}
        )
        for intent in listed.auto_paging_iter():
            payment = payment_of(intent)
            if payment.top_up_id == str(top_up_id):
                return payment
    return None


def cancel(payment_intent_id: str) -> Payment:
    """Cancel a payment intent, or return it unchanged if it can no longer be canceled. Raises as `fetch` does."""
    with translated():
        try:
            return payment_of(stripe_client().v1.payment_intents.cancel(payment_intent_id))
        except stripe.InvalidRequestError as error:
            if error.error is None or error.error.code != UNEXPECTED_STATE:
                raise
    return fetch(payment_intent_id)


def _metadata(intent: stripe.PaymentIntent) -> dict[str, str]:
    return intent.metadata.to_dict() if intent.metadata else {}


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def payment_of(intent: stripe.PaymentIntent) -> Payment:
    """What a payment intent says."""
    currency = intent.currency.upper()
    failure = intent.last_payment_error
    metadata = _metadata(intent)
    return Payment(
        id=intent.id,
        status=PaymentIntentStatus(intent.status),
        amount=Money.from_minor(intent.amount, currency),
        received=Money.from_minor(intent.amount_received or 0, currency),
        customer_id=id_of(intent.customer),
        top_up_id=metadata.get("top_up"),
        charge_id=id_of(intent.latest_charge),
        decline_code=(getattr(failure, "decline_code", None) or getattr(failure, "code", None))
        if failure
        else None,
        client_secret=intent.client_secret,
        method_id=id_of(intent.payment_method or getattr(failure, "payment_method", None)),
        advice_code=getattr(failure, "advice_code", None),
        org_id=metadata.get("organization"),
        auto_month=_day(metadata.get("auto_month")),
        created_at=to_datetime(intent.created),
    )

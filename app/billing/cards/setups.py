"""Saving a card: a setup intent for each form that a person submitted, and the card that results.

Nothing is created at Stripe while a form is only open: "Don't maintain long-lived, unconfirmed SetupIntents because
they might not be valid" (https://docs.stripe.com/api/setup_intents). The fields are shown without one
(https://docs.stripe.com/payments/accept-a-payment-deferred?type=setup).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from app.billing.audit import Actor
from app.billing.cards import duplicates, payment_methods
from app.language import gettext
from app.models import Organization, PaymentMethod
from app.payments import cards
from app.payments.cards import Setup
from app.payments.errors import RefusedError
from app.transaction import transaction

_ID = re.compile(r"seti_[A-Za-z0-9_]{1,250}", re.ASCII)


class TooManyCardsError(Exception):
    """The organization has reached the limit of saved cards; the message says what to do."""


class SetupNotDoneError(Exception):
    """A card was not saved; the message says what to do."""


@dataclass(frozen=True, slots=True)
class SavedCard:
    """A saved card, and whether it had been saved before."""

    method: PaymentMethod
    was_known: bool


def begin_setup(organization: Organization, form: UUID, *, email: str | None, actor: Actor) -> Setup:
    """Begin to save the card of a form; the same form gets the same setup.

    Creates the organization's customer at Stripe if it has none. Commits. Raises `TooManyCardsError`, and what
    `app.payments` raises.
    """
    if len(payment_methods.saved(organization.id)) >= payment_methods.MOST:
        raise TooManyCardsError(
            gettext(
                "You can save at most %(most)s cards. Remove one, then add this one.",
                most=payment_methods.MOST,
            )
        )
    customer_id = payment_methods.customer_of(organization, email=email)
    try:
        return _begin(customer_id, form)
    except RefusedError as error:
        if error.code != "resource_missing" or error.param != "customer":
            raise
    with transaction():
        payment_methods.record_customer_deleted(organization, customer_id, actor)
    return _begin(payment_methods.customer_of(organization, email=email), form)


def finish(organization: Organization, setup_intent_id: str, actor: Actor) -> SavedCard:
    """Save the card of a finished setup intent, as Stripe has it. Commits. Raises `SetupNotDoneError`."""
    if not _ID.fullmatch(setup_intent_id):
        raise SetupNotDoneError(
            gettext("The payment processor doesn't recognize this card form. Add the card again.")
        )
    setup = cards.fetch_setup(setup_intent_id)
    if setup.customer_id is None or setup.customer_id != organization.stripe_customer_id:
        raise SetupNotDoneError(gettext("This card form belongs to another account. Add the card again."))
    if setup.card is None:
        raise SetupNotDoneError(
            gettext("The card wasn't saved because its bank didn't confirm it. Add the card again.")
        )
    if setup.card.customer_id is None:
        raise SetupNotDoneError(gettext("This card was removed from the payment processor. Add it again."))
    with transaction():
        method = payment_methods.record(organization, setup.card, actor)
    is_older = method.stripe_id != setup.card.stripe_id
    return SavedCard(method, was_known=is_older or duplicates.was_saved_before(method))


def _begin(customer_id: str, form: UUID) -> Setup:
    return cards.begin_setup(customer_id, key=f"setup:{customer_id}:{form}")

"""Cards entered for one top-up. Stripe alone has the number; what we get is the id of a payment method.

Such a card is in no list and pays the top-up it was entered for, once: a payment method that was used without being
attached to a customer can't be used again. Where the payer wished to keep it, Stripe attaches it when the payment has
succeeded (https://docs.stripe.com/payments/save-during-payment).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, select

from app.billing import ledger, payment_methods, top_up_rows
from app.billing.audit import Actor
from app.billing.payment_methods import CardNotUsableError, CardState
from app.extensions import db
from app.models import Organization, PaymentMethod, TopUp
from app.models.columns import utc_now
from app.models.scope import Reason, seeing_all
from app.payments import cards
from app.payments.cards import Card
from app.payments.errors import RefusedError

_ID = re.compile(r"pm_[A-Za-z0-9_]{1,250}", re.ASCII)

_UNKNOWN = "This card could not be read. Enter it again, or choose another card."
USED = "This card was entered for another payment. Enter it again."


@dataclass(frozen=True, slots=True)
class EnteredCard:
    """A card as the page sends it: the payment method that Stripe's fields made, and whether the payer keeps it."""

    stripe_id: str
    keep: bool


def write_down(organization: Organization, entered: EnteredCard, actor: Actor) -> PaymentMethod:
    """The card as Stripe tells it, for one top-up; one that is the organization's own already is that saved card.

    Asks Stripe, then locks the wallet. Raises `CardNotUsableError`, which tells nothing of a card that is somebody
    else's, and what `app.payments` raises where Stripe can't be reached.
    """
    card = _fetch(entered.stripe_id)
    if card.customer_id is not None:
        if card.customer_id != organization.stripe_customer_id:
            raise CardNotUsableError(_UNKNOWN)
        return payment_methods.record(organization, card, actor)
    ledger.lock(organization.id)
    method = _known(organization, card) or _add(organization, card)
    if payment_methods.state_of(method, ledger.local_day_of(organization)) is CardState.EXPIRED:
        raise CardNotUsableError(f"{method.label} has expired. Enter another card.")
    return method


def in_review(organization: Organization, card_id: UUID) -> PaymentMethod | None:
    """The card of this id, if it was entered for a top-up that nobody has tried to pay yet."""
    method = db.session.get(PaymentMethod, (organization.id, card_id))
    if method is None or method.is_kept or method.removed_at is not None:
        return None
    top_up = top_up_rows.of_card(organization.id, card_id)
    return method if top_up is not None and top_up.awaits_first_try else None


def check_belongs(method: PaymentMethod, top_up: TopUp) -> None:
    """Raise `CardNotUsableError` for a card that was entered for another top-up than this."""
    first = None if method.is_kept else top_up_rows.of_card(method.org_id, method.id)
    if first is not None and first.id != top_up.id:
        raise CardNotUsableError(USED)


def retire(org_id: UUID, card_id: UUID) -> None:
    """Another card pays instead: one that isn't kept is used up with that."""
    method = db.session.get_one(PaymentMethod, (org_id, card_id))
    if not method.is_kept and method.removed_at is None:
        method.removed_at = utc_now()


def keep(organization: Organization, method: PaymentMethod, actor: Actor) -> None:
    """A card that paid and was wished to be kept is one of the saved cards from now on: Stripe has attached it."""
    if method.is_kept or method.removed_at is not None:
        return
    card = Card(
        stripe_id=method.stripe_id,
        customer_id=organization.stripe_customer_id,
        brand=method.brand,
        last4=method.last4,
        exp_month=method.exp_month,
        exp_year=method.exp_year,
        fingerprint=method.fingerprint,
        created_at=method.created_at,
    )
    payment_methods.record(organization, card, actor)


def _fetch(stripe_id: str) -> Card:
    if not _ID.fullmatch(stripe_id):
        raise CardNotUsableError(_UNKNOWN)
    try:
        return cards.fetch(stripe_id)
    except RefusedError as error:
        raise CardNotUsableError(_UNKNOWN) from error


def _known(organization: Organization, card: Card) -> PaymentMethod | None:
    query = select(PaymentMethod).where(
        PaymentMethod.org_id == organization.id, PaymentMethod.stripe_id == card.stripe_id
    )
    method = db.session.scalar(query.execution_options(populate_existing=True))
    if method is None:
        return None
    # A saved card that Stripe has attached to nobody was detached, and one that another replaced was used.
    if method.is_kept or method.removed_at is not None:
        raise CardNotUsableError(USED)
    return method


def _add(organization: Organization, card: Card) -> PaymentMethod:
    if _is_somebody_elses(organization, card):
        raise CardNotUsableError(_UNKNOWN)
    method = PaymentMethod(
        org_id=organization.id,
        stripe_id=card.stripe_id,
        brand=card.brand,
        last4=card.last4,
        exp_month=card.exp_month,
        exp_year=card.exp_year,
        fingerprint=card.fingerprint,
        is_kept=False,
    )
    db.session.add(method)
    db.session.flush()
    return method


@seeing_all(Reason.CARDS)
def _is_somebody_elses(organization: Organization, card: Card) -> bool:
    """Whether it was entered in another organization."""
    others = exists().where(
        PaymentMethod.stripe_id == card.stripe_id, PaymentMethod.org_id != organization.id
    )
    return bool(db.session.scalar(select(others)))

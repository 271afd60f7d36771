"""Cards entered for one top-up. Only Stripe has the number; we get the id of a confirmation token.

Such a card is never listed and pays only the top-up it was entered for, once: a token confirms one payment, and the
payment method that Stripe creates from it can't be reused unless it is attached to a customer. If the payer chose to
save it, Stripe attaches it once the payment has succeeded (https://docs.stripe.com/payments/save-during-payment).
Until it is created, its row has the token's id in place of the payment method's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select

from app.billing.audit import Actor
from app.billing.cards import duplicates, lookup, payment_methods
from app.billing.cards.payment_methods import CardNotUsableError, CardState
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db
from app.language import gettext, marked, translated
from app.models import Organization, PaymentMethod, TopUp, card_name
from app.models.scope import Reason, seeing_all
from app.payments import confirmation_tokens
from app.payments.cards import Card
from app.payments.confirmation_tokens import ConfirmationToken, is_token
from app.payments.errors import RefusedError

_UNKNOWN = marked("This card couldn't be read. Enter it again, or choose another card.")
USED = marked("This card was entered for another payment. Enter it again.")
_OTHERWISE = marked("Whether to save the card changed while it was being sent. Enter it again.")


@dataclass(frozen=True, slots=True)
class EnteredCard:
    """A card as the page sends it: the token that Stripe's fields created, and whether the payer saves it.

    Stripe's fields got the same setting, and the token contains it, too.
    """

    token: str
    keep: bool


def fetch(entered: EnteredCard) -> ConfirmationToken:
    """The entered card, as Stripe describes it. Call this before anything is locked.

    Raises `CardNotUsableError`, and what `app.payments` raises where Stripe can't be reached.
    """
    if not is_token(entered.token):
        raise CardNotUsableError(translated(_UNKNOWN))
    try:
        token = confirmation_tokens.fetch(entered.token)
    except RefusedError as error:
        raise CardNotUsableError(translated(_UNKNOWN)) from error
    if token.is_used:
        raise CardNotUsableError(translated(USED))
    if token.keeps_card != entered.keep:
        raise CardNotUsableError(translated(_OTHERWISE))
    return token


def record(organization: Organization, token: ConfirmationToken) -> PaymentMethod:
    """Record an entered card for one top-up; the same row if repeated before it was used. Locks the wallet.

    Raises `CardNotUsableError`, which reveals nothing about another organization's card.
    """
    ledger.lock(organization.id)
    method = _known(organization, token) or _add(organization, token)
    if payment_methods.state_of(method, organization.local_day()) is CardState.EXPIRED:
        raise CardNotUsableError(
            gettext("%(card)s has expired. Enter another card.", card=card_name(method.label))
        )
    return method


def in_review(organization: Organization, card_id: UUID) -> PaymentMethod | None:
    """The card of this id, if it was entered for a top-up whose payment was not attempted yet."""
    method = db.session.get(PaymentMethod, (organization.id, card_id))
    if method is None or method.is_kept or method.removed_at is not None:
        return None
    if utc_now() - method.created_at > confirmation_tokens.KEPT_FOR:
        return None
    top_up = top_up_of(organization.id, card_id)
    return method if top_up is not None and top_up.awaits_first_try else None


def check_belongs(method: PaymentMethod, top_up: TopUp) -> None:
    """Raise `CardNotUsableError` for a card that was entered for another top-up than this."""
    first = None if method.is_kept else top_up_of(method.org_id, method.id)
    if first is not None and first.id != top_up.id:
        raise CardNotUsableError(translated(USED))


def retire(org_id: UUID, card_id: UUID) -> None:
    """Another card pays instead: an unsaved one can't be used any more."""
    method = db.session.get_one(PaymentMethod, (org_id, card_id))
    if not method.is_kept and method.removed_at is None:
        method.removed_at = utc_now()


def save_card(organization: Organization, method: PaymentMethod, actor: Actor) -> None:
    """Add a card that paid, and that the payer chose to save, to the saved cards: Stripe has attached it."""
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


def adopt(top_up: TopUp, stripe_id: str | None) -> None:
    """Record which payment method Stripe created from a top-up's card, once its payment names it.

    An event may have recorded that payment method first, as one of the organization's cards: then the top-up is paid
    with that one. The caller holds the wallet's lock.
    """
    method = db.session.get_one(PaymentMethod, (top_up.org_id, top_up.payment_method_id))
    if stripe_id is None or not is_token(method.stripe_id):
        return
    other = lookup.find(top_up.org_id, stripe_id)
    if other is None:
        method.stripe_id = stripe_id
    elif other.is_kept:
        method.removed_at, method.replaced_by = utc_now(), other.id
        top_up.payment_method_id = duplicates.latest(other).id
    # Otherwise it is the card of an earlier attempt, which Stripe still names as the one that failed.
    db.session.flush()


def _known(organization: Organization, token: ConfirmationToken) -> PaymentMethod | None:
    method = lookup.find(organization.id, token.id)
    if method is not None and method.removed_at is not None:
        raise CardNotUsableError(translated(USED))
    return method


def _add(organization: Organization, token: ConfirmationToken) -> PaymentMethod:
    if _is_someone_elses(organization, token):
        raise CardNotUsableError(translated(_UNKNOWN))
    return _write(organization, token.id, token)


def record_used(organization: Organization, card: Card) -> PaymentMethod:
    """Record the payment method that was created of a card entered for one payment, and that has paid."""
    return _write(organization, card.stripe_id, card, created_at=card.created_at)


def _write(
    organization: Organization, stripe_id: str, card: ConfirmationToken | Card, **more: datetime
) -> PaymentMethod:
    method = PaymentMethod(
        org_id=organization.id,
        stripe_id=stripe_id,
        brand=card.brand,
        last4=card.last4,
        exp_month=card.exp_month,
        exp_year=card.exp_year,
        fingerprint=card.fingerprint,
        is_kept=False,
        **more,
    )
    db.session.add(method)
    db.session.flush()
    return method


@seeing_all(Reason.CARDS)
def _is_someone_elses(organization: Organization, token: ConfirmationToken) -> bool:
    """Whether it was entered in another organization."""
    others = exists().where(PaymentMethod.stripe_id == token.id, PaymentMethod.org_id != organization.id)
    return bool(db.session.scalar(select(others)))


def top_up_of(org_id: UUID, card_id: UUID) -> TopUp | None:
    """The newest top-up that names this card."""
    query = select(TopUp).where(TopUp.org_id == org_id, TopUp.payment_method_id == card_id)
    newest = query.order_by(TopUp.id.desc()).limit(1)
    return db.session.execute(newest, execution_options={"populate_existing": True}).scalar_one_or_none()

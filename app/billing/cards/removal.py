"""Changing which cards an organization pays with: the default, and removing one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from app.billing import audit
from app.billing.audit import Actor
from app.billing.cards import default_card, detaching, payment_methods
from app.billing.cards import needs as card_needs
from app.billing.cards.needs import Need
from app.billing.wallet import ledger
from app.extensions import db
from app.models import Organization, PaymentMethod, TopUp
from app.payments import cards
from app.payments.cards import Card
from app.payments.errors import PaymentsError
from app.transaction import decided, end_reading, transaction

_CUT_OFF = timedelta(minutes=2)
"""When a job checks a removal: after the person's own request must have ended."""


class UnknownCardError(LookupError):
    """The organization has no such card, or no longer has it."""


class CardNeededError(Exception):
    """The last working card that something may charge can't be removed; `needs` says what."""

    def __init__(self, card: PaymentMethod, needs: list[Need]) -> None:
        super().__init__(f"{card.label} is the last card that works.")
        self.card, self.needs = card, needs


class CardInUseError(Exception):
    """A card can't be removed while `top_up` is being paid with it: the payment could never be completed."""

    def __init__(self, card: PaymentMethod, top_up: TopUp) -> None:
        super().__init__(f"A top-up is being paid with {card.label}.")
        self.card, self.top_up = card, top_up


@dataclass(frozen=True, slots=True)
class Removed:
    """A removed card, and the new default if it was the default."""

    card: PaymentMethod
    new_default: PaymentMethod | None


def make_default(organization: Organization, card_id: UUID, actor: Actor) -> PaymentMethod:
    """Make this card the one that top-ups suggest and the plan is charged to. Repeating it changes nothing.

    Commits. Raises `UnknownCardError`, also if Stripe no longer has the card.
    """
    if is_gone(organization, _find(organization, card_id), actor):
        raise UnknownCardError(str(card_id))
    with transaction():
        wallet = ledger.lock(organization.id)
        chosen = _find(organization, card_id)
        if not chosen.is_default:
            current = payment_methods.default_of(organization.id)
            default_card.set_default(chosen, instead_of=current)
            wallet.version += 1
            audit.record(
                organization.id, actor, "payment_method.made_default", str(chosen.id), card=chosen.label
            )
    return chosen


def is_gone(organization: Organization, method: PaymentMethod, actor: Actor = audit.STRIPE) -> bool:
    """Ask Stripe whether it still has a card, and remove one that it doesn't have. Commits, so that no lock is held.

    Without a response the card is assumed to exist.
    """
    end_reading()
    try:
        return _check(organization, method, actor) is None
    except PaymentsError:
        return False


def finish_removal(org_id: UUID, card_id: UUID) -> None:
    """Finish the removal of a card that may have been interrupted. Commits.

    Raises what `app.payments` raises.
    """
    method = db.session.get(PaymentMethod, (org_id, card_id), populate_existing=True)
    if method is not None and method.removed_at is None:
        _check(db.session.get_one(Organization, org_id), method, audit.STRIPE)
    elif method is not None:
        detaching.detach(method)


def _check(organization: Organization, method: PaymentMethod, actor: Actor) -> Card | None:
    card = cards.fetch_attached(method.stripe_id)
    with transaction():
        if card is None:
            payment_methods.record_detached(organization.id, method.stripe_id, actor)
        else:
            payment_methods.record(organization, card, audit.STRIPE)
    return card


def remove(organization: Organization, card_id: UUID, actor: Actor) -> Removed:
    """Remove a card here, and detach it at Stripe. Commits, so that no lock is held while Stripe is called.

    It is removed here before Stripe is called, so that two people who remove the last two cards at the same time
    can't both succeed. Raises `UnknownCardError`, `CardNeededError`, `CardInUseError`, and what
    `app.payments.cards.detach` raises: then the card is restored.
    """
    with transaction():
        ledger.lock(organization.id)
        method = _find(organization, card_id)
        _check_not_in_use(method)
        check_not_needed(organization, method)
        was_default = method.is_default
        payment_methods.record_detached(organization.id, method.stripe_id, actor)
        detaching.enqueue_for(method, after=_CUT_OFF)
    decided()
    try:
        cards.detach(method.stripe_id)
    except PaymentsError:
        with transaction():
            _put_back(organization, card_id, actor, was_default=was_default)
        raise
    left = payment_methods.saved(organization.id)
    return Removed(method, left[0] if was_default and left and left[0].is_default else None)


def check_not_needed(organization: Organization, method: PaymentMethod) -> None:
    """Raise `CardNeededError` for the last working card that something may charge."""
    today = organization.local_day()
    working = [one.id for one in payment_methods.saved(organization.id) if payment_methods.works(one, today)]
    needs = card_needs.needs_by_card(organization, working).get(method.id)
    if needs:
        raise CardNeededError(method, needs)


def _check_not_in_use(method: PaymentMethod) -> None:
    top_up = detaching.paying_with(method)
    if top_up is not None:
        raise CardInUseError(method, top_up)


def _put_back(organization: Organization, card_id: UUID, actor: Actor, *, was_default: bool) -> None:
    wallet = ledger.lock(organization.id)
    method = db.session.get_one(PaymentMethod, (organization.id, card_id), populate_existing=True)
    current = payment_methods.default_of(organization.id)
    method.removed_at = None
    if was_default or current is None:
        default_card.set_default(method, instead_of=current)
    wallet.version += 1
    audit.record(organization.id, actor, "payment_method.removal_failed", str(method.id), card=method.label)


def _find(organization: Organization, card_id: UUID) -> PaymentMethod:
    method = db.session.get(PaymentMethod, (organization.id, card_id), populate_existing=True)
    if method is None or method.removed_at is not None or not method.is_kept:
        raise UnknownCardError(str(card_id))
    return method

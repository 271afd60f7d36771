"""Changing which cards an organization pays with: the default, and removing one."""

from __future__ import annotations

from uuid import UUID

from app.billing import audit, ledger, payment_methods, plans
from app.billing.audit import Actor
from app.billing.payment_methods import CardState
from app.extensions import db
from app.models import Organization, PaymentMethod
from app.payments import cards


class UnknownCardError(LookupError):
    """The organization has no such card, or has it no more."""


class CardNeededError(Exception):
    """The last card that works can't be removed while a paid plan is charged to it; `plan` is its name."""

    def __init__(self, card: str, plan: str) -> None:
        super().__init__(f"{card} is the last card that works, and your {plan} plan is charged to it.")
        self.plan = plan


def make_default(organization: Organization, card_id: UUID, actor: Actor) -> PaymentMethod:
    """Let top-ups suggest this card and the plan be charged to it. Doing it again changes nothing.

    Raises `UnknownCardError`.
    """
    wallet = ledger.lock(organization.id)
    chosen = _find(organization, card_id)
    if chosen.is_default:
        return chosen
    for method in payment_methods.saved(organization.id):
        method.is_default = False
    db.session.flush()
    chosen.is_default = True
    wallet.version += 1
    audit.note(organization.id, actor, "payment_method.made_default", str(chosen.id), card=chosen.label)
    db.session.flush()
    return chosen


def remove(organization: Organization, card_id: UUID, actor: Actor) -> PaymentMethod:
    """Detach a card at Stripe, then forget it here. Commits, so that no lock is held while Stripe is asked.

    Raises `UnknownCardError`, `CardNeededError`, and what `app.payments.cards.detach` raises, with nothing changed.
    """
    method = _find(organization, card_id)
    _check_not_needed(organization, method)
    db.session.commit()
    cards.detach(method.stripe_id)
    payment_methods.forget(organization.id, method.stripe_id, actor)
    db.session.commit()
    return method


def _check_not_needed(organization: Organization, method: PaymentMethod) -> None:
    today = ledger.local_day_of(organization)
    working = [
        one.id
        for one in payment_methods.saved(organization.id)
        if payment_methods.state_of(one, today) is not CardState.EXPIRED
    ]
    plan = plans.gather(organization).plan
    if plan.price and working == [method.id]:
        raise CardNeededError(method.label, plan.name)


def _find(organization: Organization, card_id: UUID) -> PaymentMethod:
    method = db.session.get(PaymentMethod, (organization.id, card_id), populate_existing=True)
    if method is None or method.removed_at is not None or not method.is_kept:
        raise UnknownCardError(str(card_id))
    return method

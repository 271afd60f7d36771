"""Top-ups before they are paid: amount and card are chosen, and recorded for review."""

from __future__ import annotations

from uuid import UUID

from app.billing import catalog
from app.billing.audit import Actor
from app.billing.cards import one_off, payment_methods
from app.billing.cards.one_off import EnteredCard
from app.billing.cards.payment_methods import CardNotUsableError
from app.billing.topups import daily_limits, queries, settlement, unusual
from app.billing.wallet import ledger
from app.extensions import db
from app.ids import uuid7
from app.language import translated
from app.models import Organization, PaymentMethod, TopUp
from app.money import Money
from app.payments.confirmation_tokens import ConfirmationToken
from app.transaction import transaction


class AmountOutOfRangeError(ValueError):
    """The amount is outside the limits of top-ups; the message names them."""

    def __init__(self, minimum: Money, maximum: Money) -> None:
        super().__init__("out of range")
        self.minimum, self.maximum = minimum, maximum


def begin(organization: Organization, amount: Money, chosen: UUID | EnteredCard, actor: Actor) -> TopUp:
    """Record the amount and card of a top-up, for review; nothing is charged. Commits.

    An entered card belongs to one top-up: submitting it again finds that top-up, or replaces it if the amount
    differs. Raises `AmountOutOfRangeError`, `DailyLimitReachedError`, `CardNotUsableError`, and what `app.payments`
    raises.
    """
    limits = catalog.current().top_up
    if not limits.minimum <= amount <= limits.maximum:
        raise AmountOutOfRangeError(limits.minimum, limits.maximum)
    refused = daily_limits.gather(organization.id).refusal(amount)
    if refused is not None:
        with transaction():
            unusual.limit_reached(organization, refused, actor)
        raise refused
    wish = one_off.fetch(chosen) if isinstance(chosen, EnteredCard) else chosen
    with transaction():
        if isinstance(wish, ConfirmationToken):
            card = one_off.record(organization, wish)
        else:
            before = one_off.top_up_of(organization.id, wish)
            card = payment_methods.usable(organization, wish, entered_for=before)
        top_up = TopUp(
            org_id=organization.id,
            id=uuid7(),
            amount_micro=amount.micro,
            currency=amount.currency,
            payment_method_id=card.id,
            keep_card=isinstance(chosen, EnteredCard) and chosen.keep,
            created_by=actor.user_id,
        )
        if not card.is_kept:
            top_up = _instead_of_another(top_up, card, chosen, actor)
        db.session.add(top_up)
    return top_up


def _instead_of_another(
    top_up: TopUp, card: PaymentMethod, chosen: UUID | EnteredCard, actor: Actor
) -> TopUp:
    """The top-up that a card was already entered for, if it is the same; else the new one, and the old one is
    canceled."""
    wallet = ledger.lock(card.org_id)
    before = one_off.top_up_of(card.org_id, card.id)
    if before is None:
        return top_up
    if not before.awaits_first_try:
        raise CardNotUsableError(translated(one_off.USED))
    if not isinstance(chosen, EnteredCard):
        top_up.keep_card = before.keep_card
    if (before.amount, before.keep_card) == (top_up.amount, top_up.keep_card):
        return before
    settlement.close(wallet, queries.lock(before.org_id, before.id), actor)
    return top_up

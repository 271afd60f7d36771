"""The cards that auto top-up charges, in the owner's order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import delete, select

from app.billing.cards import payment_methods
from app.extensions import db
from app.models import AttemptOutcome, AutoTopUpAttempt, AutoTopUpCard, PaymentMethod, TopUp, TopUpStatus

MOST = 3
"""A card and two backups."""


def choose(org_id: UUID, cards: Sequence[PaymentMethod]) -> None:
    """Replace the cards of an organization by these, in this order."""
    db.session.execute(delete(AutoTopUpCard).where(AutoTopUpCard.org_id == org_id))
    db.session.add_all(
        AutoTopUpCard(org_id=org_id, position=position, payment_method_id=card.id)
        for position, card in enumerate(cards, start=1)
    )
    db.session.flush()


def get_cards(org_id: UUID) -> list[PaymentMethod]:
    """The cards that are still saved, in order. One that was saved again counts as its newest row."""
    query = (
        select(PaymentMethod)
        .join(
            AutoTopUpCard,
            (AutoTopUpCard.org_id == PaymentMethod.org_id)
            & (AutoTopUpCard.payment_method_id == PaymentMethod.id),
        )
        .where(AutoTopUpCard.org_id == org_id)
        .order_by(AutoTopUpCard.position)
    )
    chosen = db.session.scalars(query, execution_options={"populate_existing": True}).all()
    current = dict.fromkeys(payment_methods.current_row(card) for card in chosen)
    return [card for card in current if card.removed_at is None and card.is_kept]


def next_card(cards: Sequence[PaymentMethod], *, besides: Collection[UUID] = ()) -> PaymentMethod | None:
    """The first card that may be charged now: not one of `besides`, and not one that its bank declined for good.

    One that has expired is charged in its turn: a card that its bank replaced can keep working.
    """
    return next((card for card in cards if card.id not in besides and card.failing_since is None), None)


def find_declined(org_id: UUID) -> frozenset[UUID]:
    """The cards that auto top-up charged last without success, and that have paid nothing since."""
    attempts = (
        select(AutoTopUpAttempt.payment_method_id, AutoTopUpAttempt.outcome, AutoTopUpAttempt.at)
        .where(AutoTopUpAttempt.org_id == org_id, AutoTopUpAttempt.outcome.is_not(None))
        .where(AutoTopUpAttempt.outcome != AttemptOutcome.NOT_TRIED)
        .order_by(AutoTopUpAttempt.at)
    )
    newest = {card_id: (outcome, at) for card_id, outcome, at in db.session.execute(attempts)}
    declined = {
        card_id: at for card_id, (outcome, at) in newest.items() if outcome is not AttemptOutcome.PAID
    }
    if not declined:
        return frozenset()
    paid = (
        select(TopUp.payment_method_id, TopUp.settled_at)
        .where(TopUp.org_id == org_id, TopUp.payment_method_id.in_(declined))
        .where(TopUp.status == TopUpStatus.SUCCEEDED)
    )
    works = {card_id for card_id, at in db.session.execute(paid) if at is not None and at > declined[card_id]}
    return frozenset(declined) - works

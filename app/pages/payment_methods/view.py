"""What the payment-methods page shows: the cards, and why one of them can't be removed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from app.billing.cards import detaching, payment_methods, removal
from app.billing.cards import needs as card_needs
from app.billing.cards.needs import Need
from app.billing.cards.payment_methods import CardView
from app.billing.cards.removal import CardNeededError
from app.models import Organization, PaymentMethod
from app.money import Money


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a card can't be removed: what needs it, or a top-up that is being paid with it."""

    card: CardView
    needs: tuple[Need, ...] = ()
    top_up_id: UUID | None = None
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class CardsPage:
    """`next_default` is the label of the card that becomes the default if the current one is removed.

    `needs` is what needs the only working card, if there is just one.
    """

    cards: list[CardView]
    next_default: str | None
    needs: tuple[Need, ...]
    refusal: Refusal | None


def gather(organization: Organization, *, refused: UUID | None = None) -> CardsPage:
    """The page, with the card whose removal was `refused`, if it still would be.

    One statement; two where only one card works.
    """
    today = organization.local_day()
    methods = payment_methods.saved(organization.id)
    works = partial(payment_methods.works, today=today)
    successor = payment_methods.next_default([one for one in methods if not one.is_default], today)
    kept = next((one for one in methods if one.id == refused), None)
    return CardsPage(
        cards=[payment_methods.card_view(one, today) for one in methods],
        next_default=successor.label if successor else None,
        needs=tuple(card_needs.find_needs(organization)) if sum(map(works, methods)) == 1 else (),
        refusal=_refusal(organization, kept) if kept else None,
    )


def _refusal(organization: Organization, method: PaymentMethod) -> Refusal | None:
    card = payment_methods.card_view(method, organization.local_day())
    top_up = detaching.paying_with(method)
    if top_up is not None:
        return Refusal(card, top_up_id=top_up.id, amount=top_up.amount)
    try:
        removal.check_not_needed(organization, method)
    except CardNeededError as error:
        return Refusal(card, needs=tuple(error.needs))
    return None

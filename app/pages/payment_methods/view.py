"""What the payment-methods page shows: the cards, and why one of them can't be removed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from app.billing.cards import detaching, last_charges, payment_methods, removal
from app.billing.cards import needs as card_needs
from app.billing.cards.last_charges import LastCharge
from app.billing.cards.needs import Need
from app.billing.cards.payment_methods import CardView
from app.billing.cards.removal import CardNeededError
from app.models import Organization, PaymentMethod, card_name
from app.money import Money


@dataclass(frozen=True, slots=True)
class Needed:
    """What needs a card that no other can stand in for. `has_others`: some work, which auto top-up may not charge."""

    needs: tuple[Need, ...]
    has_others: bool

    @property
    def is_for_auto_top_up(self) -> bool:
        """Whether auto top-up does: another card has to be chosen for it as well, or it has to be turned off."""
        return any(need.cards is not None for need in self.needs)

    @property
    def is_for_nothing_else(self) -> bool:
        return all(need.cards is not None for need in self.needs)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a card can't be removed: what needs it, or a top-up that is being paid with it."""

    card: CardView
    needed: Needed | None = None
    top_up_id: UUID | None = None
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the default card can't be counted on. `plan` charges it next, on `renews_on`, or couldn't (`is_past_due`).
    `declined` is a top-up that it didn't pay, and `instead` another card that works."""

    plan: Need | None
    declined: LastCharge | None
    instead: CardView | None


@dataclass(frozen=True, slots=True)
class CardsPage:
    """`next_default` is the label of the card that becomes the default if the current one is removed.

    `needed` is what needs each card that works, by its id, where no other card would do. `charges` is what each card
    paid last, or was declined for. `plan` charges the default card next, and `for_auto_top_up` are the cards that
    auto top-up may charge. `trouble` is the default card's.
    """

    cards: list[CardView]
    next_default: str | None
    needed: dict[UUID, Needed]
    refusal: Refusal | None
    charges: dict[UUID, LastCharge]
    plan: Need | None
    for_auto_top_up: frozenset[UUID]
    trouble: Trouble | None


def gather(organization: Organization, *, refused: UUID | None = None) -> CardsPage:
    """The page, with the card whose removal was `refused`, if it still would be. Four statements."""
    today = organization.local_day()
    methods = payment_methods.saved(organization.id)
    works = partial(payment_methods.works, today=today)
    successor = payment_methods.next_default([one for one in methods if not one.is_default], today)
    kept = next((one for one in methods if one.id == refused), None)
    working = [one.id for one in methods if works(one)]
    needs = card_needs.find_needs(organization) if methods else []
    plan = next((need for need in needs if need.cards is None), None)
    cards = [payment_methods.card_view(one, today) for one in methods]
    charges = last_charges.list_by_card(organization) if methods else {}
    return CardsPage(
        cards=cards,
        next_default=card_name(successor.label) if successor else None,
        needed={
            one: Needed(tuple(found), len(working) > 1)
            for one, found in card_needs.left_by(needs, working).items()
        },
        refusal=_refusal(organization, kept) if kept else None,
        charges=charges,
        plan=plan,
        for_auto_top_up=frozenset(card for need in needs for card in need.cards or ()),
        trouble=_trouble(cards, charges, plan),
    )


def _trouble(cards: list[CardView], charges: dict[UUID, LastCharge], plan: Need | None) -> Trouble | None:
    default = next((card for card in cards if card.is_default), None)
    if default is None:
        return None
    last = charges.get(default.id)
    declined = last if last is not None and not last.is_paid else None
    is_unpaid = plan is not None and plan.is_past_due
    if default.works and declined is None and not is_unpaid:
        return None
    others = [card for card in cards if card is not default]
    return Trouble(plan, declined, last_charges.most_promising(others, charges))


def _refusal(organization: Organization, method: PaymentMethod) -> Refusal | None:
    card = payment_methods.card_view(method, organization.local_day())
    top_up = detaching.paying_with(method)
    if top_up is not None:
        return Refusal(card, top_up_id=top_up.id, amount=top_up.amount)
    try:
        removal.check_not_needed(organization, method)
    except CardNeededError as error:
        others = [one for one in payment_methods.list_cards(organization) if one.works and one.id != card.id]
        return Refusal(card, Needed(tuple(error.needs), has_others=bool(others)))
    return None

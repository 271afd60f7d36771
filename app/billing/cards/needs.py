"""What needs a working card: as long as anything does, the last one that it may charge can't be removed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.billing import plans
from app.billing.cards import duplicates
from app.extensions import db
from app.language import marked
from app.models import AutoTopUp, AutoTopUpCard, Organization, PaymentMethod


@dataclass(frozen=True, slots=True)
class Need:
    """`what` needs a card: a plan by its name, and when it charges the card next; or `Auto top-up`.

    `cards` are the only ones that it may charge; None where any card will do.
    """

    what: str
    renews_on: date | None = None
    is_past_due: bool = False
    cards: frozenset[UUID] | None = None

    def is_left_by(self, card_id: UUID, working: Collection[UUID]) -> bool:
        """Whether it had no working card any more without this one, of those that work."""
        return {one for one in working if self.cards is None or one in self.cards} == {card_id}


def find_needs(organization: Organization) -> list[Need]:
    """Everything that needs one of the organization's cards."""
    return _found(organization, REASONS)


def needs_by_card(organization: Organization, working: Collection[UUID]) -> dict[UUID, list[Need]]:
    """By each card of those that work: what would be left without one. Nothing else is asked than could need them."""
    if not working:
        return {}
    return left_by(_found(organization, REASONS if len(working) == 1 else OF_CERTAIN_CARDS), working)


def left_by(needs: Collection[Need], working: Collection[UUID]) -> dict[UUID, list[Need]]:
    """By each card of those that work: which of these would be left without one."""
    found = {card: [need for need in needs if need.is_left_by(card, working)] for card in working}
    return {card: left for card, left in found.items() if left}


Reason = Callable[[Organization], Need | None]
"""Returns what needs a card, or that nothing does."""


def _found(organization: Organization, reasons: tuple[Reason, ...]) -> list[Need]:
    found = (reason(organization) for reason in reasons)
    return [need for need in found if need is not None]


def _paid_plan(organization: Organization) -> Need | None:
    view = plans.gather(organization)
    return Need(view.name, view.renews_on, view.is_past_due) if view.is_charged_next else None


def _auto_top_up(organization: Organization) -> Need | None:
    is_chosen = (AutoTopUpCard.org_id == PaymentMethod.org_id) & (
        AutoTopUpCard.payment_method_id == PaymentMethod.id
    )
    query = (
        select(PaymentMethod)
        .join(AutoTopUpCard, is_chosen)
        .join(AutoTopUp, AutoTopUp.org_id == PaymentMethod.org_id)
        .where(PaymentMethod.org_id == organization.id, AutoTopUp.is_on)
    )
    chosen = db.session.scalars(query, execution_options={"populate_existing": True}).all()
    return (
        Need(marked("Auto top-up"), cards=frozenset(duplicates.latest(one).id for one in chosen))
        if chosen
        else None
    )


OF_CERTAIN_CARDS: tuple[Reason, ...] = (_auto_top_up,)
"""Those that may charge the cards that were agreed to, and no others."""
REASONS: tuple[Reason, ...] = (_paid_plan, *OF_CERTAIN_CARDS)

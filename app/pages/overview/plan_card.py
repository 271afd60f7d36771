"""The card that a plan is charged to, and what has to be fixed before the next renewal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.billing.cards import payment_methods
from app.billing.cards.payment_methods import CardView
from app.billing.plans import PlanView
from app.models import Organization


class CardProblem(StrEnum):
    """Why the plan's card can't pay the next renewal."""

    NO_CARD = "no_card"
    EXPIRED = "expired"
    EXPIRES_BEFORE = "expires_before"
    NOT_WORKING = "not_working"


@dataclass(frozen=True, slots=True)
class PlanCard:
    """The default card, if any, and what is wrong with it, if anything."""

    card: CardView | None
    problem: CardProblem | None


def get_plan_card(organization: Organization, plan: PlanView) -> PlanCard | None:
    """The card that the plan's next renewal is charged to; None if the plan won't be charged to a card again."""
    if not plan.is_charged_next:
        return None
    if plan.default_card is None:
        return PlanCard(None, CardProblem.NO_CARD)
    card = payment_methods.card_view(plan.default_card, organization.local_day())
    if not card.works:
        return PlanCard(card, CardProblem(card.state.value))
    ends_first = plan.renews_on is not None and card.over_on <= plan.renews_on
    return PlanCard(card, CardProblem.EXPIRES_BEFORE if ends_first else None)

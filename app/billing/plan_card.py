"""The card that a plan is charged to, and what is to be mended about it before that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.billing import ledger, payment_methods
from app.billing.payment_methods import CardView
from app.models import Organization, PaymentMethod


class CardProblem(StrEnum):
    """Why the plan's card won't pay the next renewal."""

    NO_CARD = "no_card"
    EXPIRED = "expired"
    EXPIRES_BEFORE = "expires_before"
    NOT_WORKING = "not_working"


@dataclass(frozen=True, slots=True)
class PlanCard:
    """The default card, if there is one, and what is wrong with it, if anything is."""

    card: CardView | None
    problem: CardProblem | None


def look_at(organization: Organization, default: PaymentMethod | None, renews_on: date | None) -> PlanCard:
    """The plan's card, for a plan that is charged next on `renews_on`."""
    if default is None:
        return PlanCard(None, CardProblem.NO_CARD)
    card = payment_methods.card_view(default, ledger.local_day_of(organization))
    if not card.works:
        return PlanCard(card, CardProblem(card.state.value))
    ends_first = renews_on is not None and card.over_on <= renews_on
    return PlanCard(card, CardProblem.EXPIRES_BEFORE if ends_first else None)

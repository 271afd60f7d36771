"""What needs a working card: as long as anything does, the last one can't be removed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from app.billing import plans
from app.models import Organization


@dataclass(frozen=True, slots=True)
class Need:
    """`what` needs a card: a plan by its name, and when it charges the card next."""

    what: str
    renews_on: date | None = None
    is_past_due: bool = False


def find_needs(organization: Organization) -> list[Need]:
    """Everything that needs one of the organization's cards."""
    found = (reason(organization) for reason in REASONS)
    return [need for need in found if need is not None]


def _paid_plan(organization: Organization) -> Need | None:
    view = plans.gather(organization)
    return Need(view.name, view.renews_on, view.is_past_due) if view.is_charged_next else None


REASONS: tuple[Callable[[Organization], Need | None], ...] = (_paid_plan,)
"""Each returns what needs a card, or that nothing does."""

"""What usage would cost now, for reserving it: nothing is used up by asking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.billing import plan_terms
from app.billing.money import Money, total
from app.billing.usage_rating import Place, Rater


class UnknownMeterError(LookupError):
    """The organization's plan has no such meter."""


def price(org_id: UUID, wanted: Sequence[tuple[str, int]], *, at: datetime) -> Money | None:
    """What quantities of meters cost together, after what is left of the allowances; None where there is no such
    organization. Raises `UnknownMeterError`.

    Calls at the same time may each count on the same rest of an allowance: a hold may then fall short by that, and
    what is used is charged all the same.
    """
    home = plan_terms.homes_of([org_id]).get(org_id)
    if home is None:
        return None
    rater = Rater({org_id: Place(org_id, ZoneInfo(home.timezone), home.currency, home.terms)})
    plan = home.terms.plan_at(at)
    for meter, _ in wanted:
        if meter not in plan.rates:
            raise UnknownMeterError(f"There is no meter {meter[:60]!r}. It has: {', '.join(plan.rates)}.")
    lines = [rater.line(org_id, meter, at, plan) for meter, _ in wanted]
    rater.read()
    charges = [rater.rate(line, quantity) for line, (_, quantity) in zip(lines, wanted, strict=True)]
    return total((charge.amount for charge in charges), home.currency)

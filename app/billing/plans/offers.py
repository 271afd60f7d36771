"""Which plans can be chosen, and whether a switch to one is made immediately or when the paid period is over."""

from __future__ import annotations

from app.billing import catalog
from app.billing.catalog import CatalogError, Plan
from app.billing.plans.refusals import ChangeRefusedError, Refusal
from app.models import Interval


class PlanNotOfferedError(ChangeRefusedError):
    """The plan is not sold, or not so; the message says what to do."""

    refusal = Refusal.NOT_OFFERED


def get_offered_plan(plan: str, interval: str) -> Plan:
    """A plan of the catalog on offer that is sold by the `interval`. Raises `PlanNotOfferedError`."""
    try:
        found = catalog.current().plan(plan)
        found.price_by(interval)
    except CatalogError as error:
        raise PlanNotOfferedError("This plan is no longer offered. Choose another.") from error
    return found


def is_at_once(before: Plan, before_by: str, after: Plan, after_by: str) -> bool:
    """Whether a switch is made now, rather than when the paid period is over.

    Now to a plan that costs more by the month, and from months to a year of the same one, whatever its
    versions cost: anyone who pays for more gets it immediately. Later to what costs less, because the time
    that is paid for is theirs.
    """
    if after.key != before.key and after.price != before.price:
        return after.price > before.price
    return (before_by, after_by) == (Interval.MONTH, Interval.YEAR)

"""Which plans can be chosen, and whether a switch happens immediately or at the end of the paid period."""

from __future__ import annotations

from app.billing import catalog
from app.billing.catalog import CatalogError, Plan
from app.billing.plans.refusals import ChangeRefusedError, Refusal
from app.language import gettext
from app.models import Interval


class PlanNotOfferedError(ChangeRefusedError):
    """The plan is not sold, or not in this interval; the message says what to do."""

    refusal = Refusal.NOT_OFFERED


def get_offered_plan(plan: str, interval: str) -> Plan:
    """A plan of the current catalog that is sold in this `interval`. Raises `PlanNotOfferedError`."""
    try:
        found = catalog.current().plan(plan)
        found.price_by(interval)
    except CatalogError as error:
        raise PlanNotOfferedError(gettext("This plan is no longer offered. Choose another.")) from error
    return found


def is_at_once(before: Plan, before_by: str, after: Plan, after_by: str) -> bool:
    """Whether a switch happens now, rather than at the end of the paid period.

    Now, to a plan that costs more per month, and from monthly to yearly on the same plan, whatever its versions cost:
    customers who pay more get it immediately. Later, to a cheaper one, because the current period is already paid
    for.
    """
    if after.key != before.key and after.price != before.price:
        return after.price > before.price
    return (before_by, after_by) == (Interval.MONTH, Interval.YEAR)

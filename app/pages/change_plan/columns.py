"""The columns of the plan comparison: a plan each, and how it can be chosen, monthly and yearly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.billing import catalog
from app.billing.catalog import Plan
from app.billing.plans import PlanView, offers
from app.billing.plans.comparison import Offer
from app.billing.plans.suggestion import PlanCost, Suggestion
from app.models import Interval
from app.money import Money

_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Pick:
    """A plan that can be chosen in an interval: its price for one, and when a switch to it would be made.

    `saves` is what a year costs less than twelve months. `cost` is what the last thirty days would have cost, and
    `less` how much less than what the organization has now, below zero for more; both are None without usage. It is
    suggested if it is the cheapest of its interval, fits, and is cheaper than what the organization has.
    """

    plan: Plan
    interval: str
    price: Money
    saves: Money | None
    is_current: bool
    is_planned: bool
    is_at_once: bool
    cost: PlanCost | None
    less: Money | None
    is_suggested: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A plan of the comparison; `year` is as `month` if it isn't sold yearly. `is_sold` is whether it is still
    offered."""

    offer: Offer
    month: Pick
    year: Pick
    is_sold: bool

    @property
    def picks(self) -> tuple[tuple[str, Pick], ...]:
        """Both, by the interval that is looked at."""
        return ((Interval.MONTH.value, self.month), (Interval.YEAR.value, self.year))


@dataclass(frozen=True, slots=True)
class YearlySaving:
    """What paying yearly saves: whole months where all plans save the same, else up to so many percent."""

    months: int | None
    percent: int


def gather(view: PlanView, comparison: Iterable[Offer], suggestion: Suggestion | None) -> tuple[Column, ...]:
    """The offers of a comparison as columns, in its order."""
    monthly, yearly = [], []
    for offer in comparison:
        month = _pick(view, offer.plan, Interval.MONTH, suggestion)
        monthly.append(month)
        yearly.append(
            month if offer.plan.yearly is None else _pick(view, offer.plan, Interval.YEAR, suggestion)
        )
    pairs = zip(comparison, _suggest(monthly, suggestion), _suggest(yearly, suggestion), strict=True)
    sold = catalog.current().plans
    return tuple(Column(offer, month, year, offer.plan.key in sold) for offer, month, year in pairs)


def yearly_saving(columns: Iterable[Column]) -> YearlySaving | None:
    """What a year saves; None where nothing is sold yearly, or nothing saved."""
    savings = [(one.year.saves, one.month.price) for one in columns if one.year.saves]
    if not savings:
        return None
    months = {(saves.micro // price.micro, saves.micro % price.micro) for saves, price in savings}
    whole, rest = months.pop()
    percent = max(saves.micro * 100 // (price.micro * _MONTHS) for saves, price in savings)
    return YearlySaving(whole if not months and not rest else None, percent)


def _pick(view: PlanView, plan: Plan, interval: Interval, suggestion: Suggestion | None) -> Pick:
    now = (view.plan.key, view.interval)
    planned = (view.scheduled.plan.key, view.scheduled.interval) if view.scheduled else None
    price = plan.price_by(interval) * view.quantity
    yearly = plan.price * view.quantity * _MONTHS - price if interval is Interval.YEAR else None
    cost = _cost(suggestion, plan, interval)
    return Pick(
        plan=plan,
        interval=interval.value,
        price=price,
        saves=yearly if yearly and yearly.micro > 0 else None,
        is_current=(plan.key, interval) == now,
        is_planned=(plan.key, interval) == planned,
        is_at_once=offers.is_at_once(view.plan, view.interval, plan, interval),
        cost=cost,
        less=suggestion.current.total - cost.total if suggestion and cost else None,
    )


def _cost(suggestion: Suggestion | None, plan: Plan, interval: Interval) -> PlanCost | None:
    if suggestion is None:
        return None
    found = next((one for one in suggestion.costs if one.plan.key == plan.key), None)
    return replace(found, interval=interval.value) if found else None


def _suggest(picks: list[Pick], suggestion: Suggestion | None) -> list[Pick]:
    """Mark the cheapest that fits and saves something; what the organization has already is never suggested."""
    cheaper = [
        one
        for one in picks
        if one.cost and one.cost.fits and not one.is_current and one.less and one.less.micro > 0
    ]
    if suggestion is None or not cheaper:
        return picks
    best = min(cheaper, key=lambda one: one.cost.total.micro if one.cost else 0)
    return [replace(one, is_suggested=one is best) for one in picks]

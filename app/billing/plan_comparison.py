"""The plans of the catalogue side by side, with what each has more or less than the current one."""

from __future__ import annotations

from dataclasses import dataclass

from app.billing import catalog, catalog_versions, rate_words
from app.billing.catalog import Meter, Plan
from app.billing.plans import LIMIT_LABELS
from app.billing.quantities import Quantity, quantity_of
from app.billing.rate_words import RateWords


@dataclass(frozen=True, slots=True)
class OfferedLimit:
    """How many of something a plan allows, and how many more (below zero: fewer) than the current plan."""

    label: str
    allowed: int
    more: int


@dataclass(frozen=True, slots=True)
class Included:
    """What a plan includes each period of an allowance; `more` (or `less`) than the current plan."""

    pool: str
    label: str
    quantity: Quantity
    more: Quantity | None
    less: Quantity | None


@dataclass(frozen=True, slots=True)
class OfferedRate:
    """What a meter costs, and by how many percent more (below zero: less) than by the current plan: in whole percent,
    of the price that the first unit has."""

    words: RateWords
    percent: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan of the catalogue, with everything that tells it from the others."""

    plan: Plan
    is_current: bool
    limits: tuple[OfferedLimit, ...]
    allowances: tuple[Included, ...]
    rates: tuple[OfferedRate, ...]
    features: tuple[str, ...]


def compare(current: Plan) -> list[Offer]:
    """The catalogue's plans in its order, beside the `current` one, which may be of an older version."""
    return [_offer(plan, current) for plan in catalog.current().plans.values()]


def _offer(plan: Plan, current: Plan) -> Offer:
    shelf = catalog.current()
    is_current = plan.key == current.key
    return Offer(
        plan=plan,
        is_current=is_current,
        limits=tuple(
            OfferedLimit(
                LIMIT_LABELS.get(key, key), allowed, 0 if is_current else allowed - current.limits.get(key, 0)
            )
            for key, allowed in plan.limits.items()
        ),
        allowances=tuple(
            _included(key, units, 0 if is_current else units - current.allowances.get(key, 0))
            for key, units in plan.allowances.items()
        ),
        rates=tuple(
            OfferedRate(
                rate_words.describe(key, meter, plan.rates[key], plan.price.currency),
                0 if is_current else _percent(plan, current, key, meter),
            )
            for key, meter in shelf.meters.items()
        ),
        features=(
            *([f"Everything in {shelf.plan(plan.includes).name}"] if plan.includes else []),
            *plan.features,
        ),
    )


def _included(key: str, units: int, more: int) -> Included:
    pool = catalog.current().pool(key)
    meter = pool.meters[0]
    return Included(
        key,
        pool.label,
        quantity_of(meter, units),
        more=quantity_of(meter, more) if more > 0 else None,
        less=quantity_of(meter, -more) if more < 0 else None,
    )


def _percent(plan: Plan, current: Plan, key: str, meter: Meter) -> int:
    """How much dearer the first unit is, of meters that both plans have, per the same number of units."""
    if key not in current.rates or catalog_versions.find(current.version).meters[key].unit != meter.unit:
        return 0
    before, after = current.rates[key].first, plan.rates[key].first
    return round((after - before) * 100 / before) if before else 0

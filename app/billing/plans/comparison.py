"""The plans of the catalog side by side, with the differences between each and the current one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from app.billing import catalog
from app.billing.catalog import Catalog, Meter, Plan, rate_labels, versions
from app.billing.catalog.quantities import Quantity, quantity_of
from app.billing.catalog.rate_labels import RateLabel
from app.language import gettext, translated
from app.models import Interval


@dataclass(frozen=True, slots=True)
class OfferedLimit:
    """A limit of a plan, and the difference to the current plan."""

    resource: str
    allowed: int
    more: int


@dataclass(frozen=True, slots=True)
class Included:
    """An allowance of a plan per period; whether it is `more` or `less` than in the current plan."""

    pool: str
    label: str
    quantity: Quantity
    more: Quantity | None
    less: Quantity | None


@dataclass(frozen=True, slots=True)
class OfferedRate:
    """A meter's rate, and the difference to the current plan's in whole percent of the first unit's price."""

    words: RateLabel
    percent: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan of the catalog, with everything it is compared by."""

    plan: Plan
    is_current: bool
    limits: tuple[OfferedLimit, ...]
    allowances: tuple[Included, ...]
    rates: tuple[OfferedRate, ...]
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of the comparison: everything that any offer has, in the order of the catalog.

    `same` are those in which no offer differs from another: resources, pools and meters, each with its part's name.
    """

    limits: tuple[str, ...]
    allowances: tuple[Included, ...]
    rates: tuple[RateLabel, ...]
    same: frozenset[tuple[str, str]]

    def differs(self, part: str) -> bool:
        """Whether any row of a part (`limits`, `allowances`, `rates`) has a difference."""
        keys: dict[str, Iterable[str]] = {
            "limits": self.limits,
            "allowances": (one.pool for one in self.allowances),
            "rates": (one.meter for one in self.rates),
        }
        return any((part, key) not in self.same for key in keys[part])


def compare(current: Plan, interval: str = Interval.MONTH) -> list[Offer]:
    """The catalog's plans in order, with the `current` one as the organization has it.

    It may be from an older version, or no longer offered, in which case it comes first. It costs what the
    organization pays in its `interval`; in another interval, the offered price.
    """
    offered = catalog.current().plans
    own = _as_paid(current, offered.get(current.key), interval)
    plans = [own if plan.key == current.key else plan for plan in offered.values()]
    if current.key not in offered:
        plans.insert(0, own)
    return [_offer(plan, current) for plan in plans]


def pair(current: Plan, other: Plan) -> list[Offer]:
    """The `current` plan and another one, as offers."""
    return [_offer(current, current), _offer(other, current)]


def rows_of(offers: list[Offer]) -> Rows:
    """The rows of a table of these offers."""
    limits = {limit.resource: None for offer in offers for limit in offer.limits}
    allowances = {one.pool: one for offer in reversed(offers) for one in reversed(offer.allowances)}
    rates = {one.words.meter: one.words for offer in reversed(offers) for one in reversed(offer.rates)}
    return Rows(
        tuple(limits),
        tuple(allowances.values())[::-1],
        tuple(rates.values())[::-1],
        frozenset(_same(offers)),
    )


def _same(offers: list[Offer]) -> Iterator[tuple[str, str]]:
    """What is the same in all offers, of which there are several."""
    if len(offers) < 2:
        return
    has: list[dict[tuple[str, str], object]] = [
        {
            **{("limits", one.resource): one.allowed for one in offer.limits},
            **{("allowances", one.pool): one.quantity for one in offer.allowances},
            **{("rates", one.words.meter): one.words for one in offer.rates},
        }
        for offer in offers
    ]
    for key, value in has[0].items():
        if all(other.get(key) == value for other in has[1:]):
            yield key


def _as_paid(current: Plan, offered: Plan | None, interval: str) -> Plan:
    if offered is None:
        return current
    if interval == Interval.MONTH:
        return replace(current, yearly=offered.yearly)
    return replace(current, price=offered.price)


def _offer(plan: Plan, current: Plan) -> Offer:
    plan_catalog = versions.find(plan.version)
    is_current = plan.key == current.key
    return Offer(
        plan=plan,
        is_current=is_current,
        limits=tuple(
            OfferedLimit(key, allowed, 0 if is_current else allowed - current.limits.get(key, 0))
            for key, allowed in plan.limits.items()
        ),
        allowances=tuple(
            _included(plan_catalog, key, units, 0 if is_current else units - current.allowances.get(key, 0))
            for key, units in plan.allowances.items()
        ),
        rates=tuple(
            OfferedRate(
                rate_labels.describe(key, meter, plan.rates[key], plan.price.currency),
                0 if is_current else _percent(plan, current, key, meter),
            )
            for key, meter in plan_catalog.meters.items()
        ),
        features=(
            *([_all_of(plan_catalog.plan(plan.includes))] if plan.includes else []),
            *(translated(feature) for feature in plan.features),
        ),
    )


def _all_of(plan: Plan) -> str:
    return gettext("Everything in %(plan)s", plan=translated(plan.name))


def _included(plan_catalog: Catalog, key: str, units: int, more: int) -> Included:
    pool = plan_catalog.pool(key)
    meter = pool.meters[0]
    return Included(
        key,
        pool.label,
        quantity_of(meter, units),
        more=quantity_of(meter, more) if more > 0 else None,
        less=quantity_of(meter, -more) if more < 0 else None,
    )


def _percent(plan: Plan, current: Plan, key: str, meter: Meter) -> int:
    """The difference of the first unit's price, for meters that both plans have with the same unit."""
    if key not in current.rates or versions.find(current.version).meters[key].unit != meter.unit:
        return 0
    before, after = current.rates[key].first, plan.rates[key].first
    return round((after - before) * 100 / before) if before else 0

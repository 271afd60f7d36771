"""Deducts units from a period's usage: charged ones first (see `corrections`)."""

from __future__ import annotations

from app.billing.catalog import versions
from app.billing.catalog.rating import Charge
from app.billing.usage.counts import ChargedLine, Counted
from app.billing.usage.rater import RatingLine
from app.money import Money


def siblings(line: RatingLine) -> list[Counted]:
    """The charged usage of all meters that share the line's allowance; to be read before it is used."""
    known = line.context.siblings.get(line)
    if known is None:
        pool = versions.find(line.plan.version).pool(line.plan.pool_of(line.meter))
        known = [line.context.counted(line.period, meter) for meter in pool.meters]
        line.context.siblings[line] = known
    return known


def deduct(line: RatingLine, units: int) -> Charge:
    """Deduct units from the line's meter. What the allowance regains covers charged units.

    All of the charge is negative: `included` is how much less the allowance covers, over all its meters, and the
    amount is what the removed and newly covered units had cost.
    """
    off = min(units, line.charged.total)
    back = line.charged.take_off(off)
    line.own.charged -= off
    covered_before = line.pool.used
    line.pool.used -= units - off
    back += _cover(line)
    line.pool.is_changed = line.own.is_changed = True
    return Charge(-units, line.pool.used - covered_before, Money(-back, line.context.currency))


def _cover(line: RatingLine) -> int:
    """Let the allowance cover charged units, the most expensive first, as far as possible; returns what they had
    cost. A plan's units are covered by what that plan includes."""
    pool, back = line.pool, 0
    name = line.plan.pool_of(line.meter)
    # Those that can't be covered now can't be later: what the pool has used only grows here.
    charged = [
        (one, counted)
        for counted in siblings(line)
        for one in counted.lines.values()
        if one.plan.pool_of(counted.meter) == name
        and one.plan.allowances.get(name, 0) > pool.used
        and one.total
    ]
    for one, counted in sorted(charged, key=_most_expensive_first):
        units = min(one.total, max(one.plan.allowances.get(name, 0) - pool.used, 0))
        if units:
            back += one.take_off(units)
            counted.charged -= units
            pool.used += units
            counted.is_changed = True
    return back


def _most_expensive_first(charged: tuple[ChargedLine, Counted]) -> tuple[object, ...]:
    one, counted = charged
    last = next(tier for tier, units in reversed(list(zip(one.rate.tiers, one.units, strict=True))) if units)
    return (-last.rate, counted.meter, one.plan.version, one.plan.key)

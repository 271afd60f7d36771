"""What usage would cost now, in order to reserve it: a quote uses nothing up.

The rest of an allowance is given out only once, like credit: units reserved by other holds are not available.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.billing.catalog import directions, rating
from app.billing.plans import terms as plan_terms
from app.billing.plans.terms import BillingContext
from app.billing.usage.counts import TooMuchError
from app.billing.usage.rater import READ, CountRow, Rater, RatingContext
from app.billing.wallet.hold_prices import Counted, PoolKey, Price
from app.extensions import db
from app.models import HoldAllowance
from app.money import Money, total

__all__ = [
    "COUNTS",
    "RESERVED",
    "CountRow",
    "Quote",
    "TooMuchError",
    "UnknownMeterError",
    "get_quote",
    "keys_of",
    "quote_of",
]

COUNTS = READ
"""Reads `CountRow`s: by arrays of organizations, of periods, and of meters and allowances."""

RESERVED = """
SELECT org_id, period_start, meter, sum(reserved)::bigint FROM hold_allowance
WHERE org_id = ANY(%s::uuid[]) AND period_start = ANY(%s::date[]) AND meter = ANY(%s::text[])
GROUP BY org_id, period_start, meter"""
"""By the same arrays: the units of allowances that active holds have reserved."""


class UnknownMeterError(LookupError):
    """The organization's plan has no such meter."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Quantities of meters that an organization wants to use at a given time. The price depends on what is left
    then."""

    org_id: UUID
    wanted: tuple[tuple[str, int], ...]
    at: datetime
    billing: BillingContext

    @property
    def content(self) -> list[list[Any]]:
        """The request as JSON, in a fixed order."""
        return [list(one) for one in sorted(self.wanted)]

    @property
    def is_inbound(self) -> bool:
        """Whether it is for an inbound call, as its meters say (`app.billing.catalog.directions`)."""
        return directions.is_inbound(meter for meter, _ in self.wanted)

    def price(self) -> Price:
        """Its price after the remaining allowances. Only reliable with the wallet locked."""
        rater = self._rater()
        rater.read()
        return self._price(rater, _counted_on(self.org_id))

    def price_after(self, counts: Iterable[CountRow], reserved: Mapping[PoolKey, int]) -> Price:
        """The same from counts that were read with the wallet locked (`COUNTS`), and the units of allowances that
        active holds have reserved then (`RESERVED`)."""
        rater = self._rater()
        rater.fill(counts)
        return self._price(rater, reserved)

    def _rater(self) -> Rater:
        rater = Rater({self.org_id: RatingContext.of(self.org_id, self.billing)})
        plan = self.billing.terms.plan_at(self.at)
        for meter, _ in self.wanted:
            rater.line(self.org_id, meter, self.at, plan)
        return rater

    def _price(self, rater: Rater, reserved: Mapping[PoolKey, int]) -> Price:
        billing, org_id = self.billing, self.org_id
        plan = billing.terms.plan_at(self.at)
        lines = [rater.line(org_id, meter, self.at, plan) for meter, _ in self.wanted]
        for key, units in reserved.items():
            pool = rater.contexts[org_id].counts.get(key)
            if pool is not None:
                pool.used += units
        amounts, full = [], 0
        included: dict[PoolKey, Counted] = defaultdict(lambda: Counted(0, 0))
        for line, (meter, quantity) in zip(lines, self.wanted, strict=True):
            before = line.own.charged
            charge = rater.rate(line, quantity)
            without = rating.cost_of(plan.rates[meter], charge.billable, before)
            amounts.append(charge.amount)
            full += without
            if charge.included > 0:
                key = (line.period, plan.pool_of(meter))
                known = included[key]
                worth = known.worth + without - charge.amount.micro
                included[key] = Counted(known.units + charge.included, worth)
        return Price(total(amounts, billing.currency), Money(full, billing.currency), dict(included))


def get_quote(org_id: UUID, wanted: Sequence[tuple[str, int]], *, at: datetime) -> Quote | None:
    """A quote, ready to be priced; None if there is no such organization. Raises `UnknownMeterError`."""
    billing = plan_terms.get_billing_contexts([org_id]).get(org_id)
    if billing is None:
        return None
    return quote_of(org_id, billing, wanted, at=at)


def keys_of(billing: BillingContext, wanted: Sequence[tuple[str, int]], *, at: datetime) -> set[PoolKey]:
    """The counts that `Quote.price_after` needs: of each meter of the plan, and of the allowance it draws on."""
    terms = billing.terms
    plan = terms.plan_at(at)
    period = terms.period_of(at.astimezone(terms.zone).date())
    known = [meter for meter, _ in wanted if meter in plan.rates]
    return {(period, name) for meter in known for name in (meter, plan.pool_of(meter))}


def quote_of(
    org_id: UUID, billing: BillingContext, wanted: Sequence[tuple[str, int]], *, at: datetime
) -> Quote:
    """The same for an organization whose billing context is known. Raises `UnknownMeterError`."""
    rates = billing.terms.plan_at(at).rates
    for meter, _ in wanted:
        if meter not in rates:
            raise UnknownMeterError(f"There is no meter {meter[:60]!r}. It has: {', '.join(rates)}.")
    return Quote(org_id, tuple(wanted), at, billing)


def _counted_on(org_id: UUID) -> dict[PoolKey, int]:
    """The units of allowances that active holds have reserved."""
    one = HoldAllowance
    query = (
        select(one.period_start, one.meter, func.sum(one.reserved))
        .where(one.org_id == org_id)
        .group_by(one.period_start, one.meter)
    )
    return {(period, meter): int(units) for period, meter, units in db.session.execute(query)}

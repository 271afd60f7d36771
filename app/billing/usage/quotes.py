"""What usage would cost now, in order to reserve it: a quote uses nothing up.

The rest of an allowance is given out only once, like credit: units reserved by other holds are not available.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.billing.catalog import directions, rating
from app.billing.plans import terms as plan_terms
from app.billing.plans.terms import BillingContext
from app.billing.usage.rater import Rater, RatingContext
from app.billing.wallet.hold_prices import Counted, PoolKey, Price
from app.extensions import db
from app.models import HoldAllowance
from app.money import Money, total


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
        billing, org_id = self.billing, self.org_id
        plan = billing.terms.plan_at(self.at)
        rater = Rater({org_id: RatingContext.of(org_id, billing)})
        lines = [rater.line(org_id, meter, self.at, plan) for meter, _ in self.wanted]
        rater.read()
        for key, units in _counted_on(org_id).items():
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

"""Rating a batch: each organization's plans and allowances are read once and written once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.billing import rating
from app.billing.arrays import columns
from app.billing.catalog import Plan
from app.billing.plan_terms import Terms
from app.billing.rating import Charge
from app.extensions import driver_connection

_READ = """
SELECT org_id, period_start, meter, used, charged FROM allowance
WHERE (org_id, period_start, meter) IN (SELECT * FROM unnest(%s::uuid[], %s::date[], %s::text[]))"""

_WRITE = """
INSERT INTO allowance (org_id, period_start, meter, used, charged)
SELECT * FROM unnest(%s::uuid[], %s::date[], %s::text[], %s::bigint[], %s::bigint[])
ON CONFLICT (org_id, period_start, meter) DO UPDATE SET used = excluded.used, charged = excluded.charged"""

CountKey = tuple[UUID, date, str]


@dataclass(slots=True)
class Counted:
    """Of an allowance or meter in a period: units that were included, units that were paid for."""

    used: int = 0
    charged: int = 0
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where an organization's usage is rated."""

    zone: ZoneInfo
    currency: str
    terms: Terms

    def day_of(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Line:
    """Usage to be rated: by the plan of its own time, on its own day, from the allowance of its own period."""

    org_id: UUID
    meter: str
    plan: Plan
    day: date
    period: date

    @property
    def pool_key(self) -> CountKey:
        return (self.org_id, self.period, self.plan.pools.get(self.meter, self.meter))

    @property
    def meter_key(self) -> CountKey:
        return (self.org_id, self.period, self.meter)


@dataclass(slots=True)
class Rater:
    """Rates lines one by one against allowances that were read for all of them. Only with the wallets locked."""

    places: dict[UUID, Place]
    counts: dict[CountKey, Counted] = field(default_factory=dict)

    def plan_at(self, org_id: UUID, at: datetime) -> Plan:
        return self.places[org_id].terms.plan_at(at)

    def line(self, org_id: UUID, meter: str, at: datetime, plan: Plan | None = None) -> Line:
        """A line of usage at `at`, rated by `plan` where that is known already."""
        place = self.places[org_id]
        day = place.day_of(at)
        return Line(org_id, meter, plan or place.terms.plan_at(at), day, place.terms.period_of(day))

    def read(self, lines: Iterable[Line]) -> None:
        """Read the allowances that lines draw on. One statement."""
        wanted = {key for line in lines for key in (line.pool_key, line.meter_key)}
        missing = sorted(wanted - self.counts.keys())
        if not missing:
            return
        self.counts |= {key: Counted() for key in missing}
        for org_id, period, name, used, charged in driver_connection().execute(_READ, columns(missing)):
            self.counts[org_id, period, name] = Counted(used, charged)

    def rate(self, line: Line, quantity: int) -> Charge:
        """What usage costs; the allowance that it uses up is used up."""
        return self.rate_units(line, rating.billable_units(line.plan.rates[line.meter], quantity))

    def rate_units(self, line: Line, billable: int) -> Charge:
        """The same for units that are counted already, by the rate's minimum and step."""
        pool, own = self.counts[line.pool_key], self.counts[line.meter_key]
        currency = self.places[line.org_id].currency
        charge = rating.charge(
            line.plan, line.meter, billable, used=pool.used, charged=own.charged, currency=currency
        )
        self._add(line, charge.included, charge.charged)
        return charge

    def give_back(self, line: Line, *, included: int, charged: int) -> None:
        """Units that turned out not to be used: the allowance has them again."""
        self._add(line, -included, -charged)

    def write(self) -> None:
        """Write the allowances that have changed. One statement."""
        rows = [(*key, one.used, one.charged) for key, one in sorted(self.counts.items()) if one.is_changed]
        if rows:
            driver_connection().execute(_WRITE, columns(rows))

    def _add(self, line: Line, included: int, charged: int) -> None:
        pool, own = self.counts[line.pool_key], self.counts[line.meter_key]
        pool.used += included
        own.charged += charged
        pool.is_changed = own.is_changed = True

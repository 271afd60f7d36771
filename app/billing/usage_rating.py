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
    """Where and when an organization's usage is rated."""

    zone: ZoneInfo
    currency: str
    terms: Terms

    def day_of(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()


@dataclass(slots=True)
class Rater:
    """Rates events one by one against allowances that were read for all of them. Only with the wallets locked."""

    places: dict[UUID, Place]
    counts: dict[CountKey, Counted] = field(default_factory=dict)

    def plan_at(self, org_id: UUID, at: datetime) -> Plan:
        return self.places[org_id].terms.plan_at(at)

    def read(self, events: Iterable[tuple[UUID, str, datetime]]) -> None:
        """Read the allowances that usage of these organizations, meters and times draws on. One statement."""
        wanted = {key for org_id, meter, at in events for key in self._keys(org_id, meter, at)}
        missing = sorted(wanted - self.counts.keys())
        if not missing:
            return
        self.counts |= {key: Counted() for key in missing}
        for org_id, period, name, used, charged in driver_connection().execute(_READ, columns(missing)):
            self.counts[org_id, period, name] = Counted(used, charged)

    def rate(self, org_id: UUID, meter: str, quantity: int, at: datetime, plan: Plan) -> Charge:
        """What usage costs by the plan of its own time; the allowance that it uses up is used up."""
        return self.rate_units(org_id, meter, rating.billable_units(plan.rates[meter], quantity), at, plan)

    def rate_units(self, org_id: UUID, meter: str, billable: int, at: datetime, plan: Plan) -> Charge:
        """The same for units that are counted already, by the rate's minimum and step."""
        pool_key, meter_key = self._keys(org_id, meter, at, plan)
        pool, own = self.counts[pool_key], self.counts[meter_key]
        currency = self.places[org_id].currency
        charge = rating.charge(plan, meter, billable, used=pool.used, charged=own.charged, currency=currency)
        self._add(pool, own, charge.included, charge.charged)
        return charge

    def give_back(self, org_id: UUID, meter: str, at: datetime, *, included: int, charged: int) -> None:
        """Units that turned out not to be used: the allowance has them again."""
        pool_key, meter_key = self._keys(org_id, meter, at)
        self._add(self.counts[pool_key], self.counts[meter_key], -included, -charged)

    def write(self) -> None:
        """Write the allowances that have changed. One statement."""
        rows = [(*key, one.used, one.charged) for key, one in sorted(self.counts.items()) if one.is_changed]
        if rows:
            driver_connection().execute(_WRITE, columns(rows))

    def _keys(
        self, org_id: UUID, meter: str, at: datetime, plan: Plan | None = None
    ) -> tuple[CountKey, CountKey]:
        place = self.places[org_id]
        period = place.terms.period_of(place.day_of(at))
        plan = plan or place.terms.plan_at(at)
        return (org_id, period, plan.pool_of(meter)), (org_id, period, meter)

    @staticmethod
    def _add(pool: Counted, own: Counted, included: int, charged: int) -> None:
        pool.used += included
        own.charged += charged
        pool.is_changed = own.is_changed = True

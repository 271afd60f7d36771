"""Rating a batch: each organization's plans and allowances are read once and written once."""

from __future__ import annotations

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


@dataclass(slots=True)
class Counted:
    """Of an allowance or meter in a period: units that were included, units that were paid for."""

    used: int = 0
    charged: int = 0
    is_read: bool = False
    is_changed: bool = False


@dataclass(slots=True, eq=False)
class Place:
    """Where an organization's usage is rated: its zone, currency and plans, and what its allowances have left."""

    org_id: UUID
    zone: ZoneInfo
    currency: str
    terms: Terms
    counts: dict[tuple[date, str], Counted] = field(default_factory=dict)
    lines: dict[tuple[str, date, str, str], Line] = field(default_factory=dict)
    name: str = ""

    def __post_init__(self) -> None:
        self.name = str(self.org_id)

    def day_of(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def line(self, meter: str, at: datetime, plan: Plan) -> Line:
        """The line of a meter at a time: the same one for all usage that is rated alike."""
        day = self.day_of(at)
        key = (meter, day, plan.key, plan.version)
        line = self.lines.get(key)
        if line is None:
            period = self.terms.period_of(day)
            line = self.lines[key] = Line(
                place=self,
                meter=meter,
                plan=plan,
                day=day,
                period=period,
                pool=self._counted(period, plan.pool_of(meter)),
                own=self._counted(period, meter),
            )
        return line

    def _counted(self, period: date, name: str) -> Counted:
        return self.counts.setdefault((period, name), Counted())


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Usage that is rated alike: by one plan, on one day, from the allowance of one period.

    `pool` counts what is gone of the allowance, which several meters may share; `own` what the meter was paid for.
    """

    place: Place
    meter: str
    plan: Plan
    day: date
    period: date
    pool: Counted
    own: Counted


@dataclass(slots=True)
class Rater:
    """Rates usage against allowances that were read for all of it. Only with the wallets locked."""

    places: dict[UUID, Place]

    def line(self, org_id: UUID, meter: str, at: datetime, plan: Plan | None = None) -> Line:
        """The line of usage at `at`, rated by `plan` where that is known already."""
        place = self.places[org_id]
        return place.line(meter, at, plan or place.terms.plan_at(at))

    def read(self) -> None:
        """Read the allowances of all lines that there are by now. One statement."""
        missing = {
            (place.name, period, name): counted
            for place in self.places.values()
            for (period, name), counted in place.counts.items()
            if not counted.is_read
        }
        if not missing:
            return
        found = driver_connection().execute(_READ, columns(missing)).fetchall()
        for org_id, period, name, used, charged in found:
            counted = missing[str(org_id), period, name]
            counted.used, counted.charged = used, charged
        for counted in missing.values():
            counted.is_read = True

    def rate(self, line: Line, quantity: int) -> Charge:
        """What usage costs; the allowance that it uses up is used up."""
        return self.rate_units(line, rating.billable_units(line.plan.rates[line.meter], quantity))

    def rate_units(self, line: Line, billable: int) -> Charge:
        """The same for units that are counted already, by the rate's minimum and step."""
        charge = rating.charge(
            line.plan,
            line.meter,
            billable,
            used=line.pool.used,
            charged=line.own.charged,
            currency=line.place.currency,
        )
        _add(line, charge.included, charge.charged)
        return charge

    def give_back(self, line: Line, *, included: int, charged: int) -> None:
        """Units that turned out not to be used: the allowance has them again."""
        _add(line, -included, -charged)

    def write(self) -> None:
        """Write the allowances that have changed. One statement."""
        rows = [
            (place.name, period, name, one.used, one.charged)
            for place in self.places.values()
            for (period, name), one in sorted(place.counts.items())
            if one.is_changed
        ]
        if rows:
            driver_connection().execute(_WRITE, columns(rows))


def _add(line: Line, included: int, charged: int) -> None:
    line.pool.used += included
    line.own.charged += charged
    line.pool.is_changed = line.own.is_changed = True

"""Rating a batch: each organization's plans and allowances are read once and written once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from app.billing.catalog import Plan, rating
from app.billing.catalog.rating import Charge
from app.billing.plans.terms import BillingContext, Terms
from app.billing.usage.counts import MOST_COUNTED, ChargedLine, Counted, TooMuchError
from app.database.arrays import array, columns
from app.extensions import driver_connection
from app.money import MAX_MICRO, Money

_json = msgspec.json.Encoder()

READ = """
SELECT org_id, period_start, meter, used, charged, lines FROM allowance
WHERE org_id = ANY(%s::uuid[]) AND period_start = ANY(%s::date[]) AND meter = ANY(%s::text[])"""
"""If periods differ, this also returns extra rows. A join would be exact, but PostgreSQL would plan it each time,
which takes six times as long as the read itself, and more with row-level security."""

CountRow = tuple[UUID, date, str, int, int, dict[str, list[int]]]
"""Of `allowance`: the organization, the period, the meter or allowance, units used and charged, and lines."""

_WRITE = """
INSERT INTO allowance (org_id, period_start, meter, used, charged, lines)
SELECT * FROM unnest(%s::uuid[], %s::date[], %s::text[], %s::bigint[], %s::bigint[], %s::jsonb[])
ON CONFLICT (org_id, period_start, meter) DO UPDATE SET
    used = excluded.used, charged = excluded.charged, lines = excluded.lines"""


@dataclass(slots=True, eq=False)
class RatingContext:
    """The context in which an organization's usage is rated: its time zone, currency and plans, and its remaining
    allowances."""

    org_id: UUID
    zone: ZoneInfo
    currency: str
    terms: Terms
    counts: dict[tuple[date, str], Counted] = field(default_factory=dict)
    lines: dict[tuple[str, date, str, str], RatingLine] = field(default_factory=dict)
    siblings: dict[RatingLine, list[Counted]] = field(default_factory=dict)
    name: str = ""

    def __post_init__(self) -> None:
        self.name = str(self.org_id)

    @classmethod
    def of(cls, org_id: UUID, billing: BillingContext) -> RatingContext:
        return cls(org_id, ZoneInfo(billing.timezone), billing.currency, billing.terms)

    def day_of(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def line(self, meter: str, at: datetime, plan: Plan) -> RatingLine:
        """The line of a meter at a time: shared by all usage that is rated alike."""
        day = self.day_of(at)
        key = (meter, day, plan.key, plan.version)
        line = self.lines.get(key)
        if line is None:
            period = self.terms.period_of(day)
            line = self.lines[key] = RatingLine(
                context=self,
                meter=meter,
                plan=plan,
                day=day,
                period=period,
                pool=self.counted(period, plan.pool_of(meter)),
                own=(own := self.counted(period, meter)),
                charged=own.line_of(plan),
                allowance=plan.allowance_of(meter),
            )
        return line

    def counted(self, period: date, name: str) -> Counted:
        """What a period has used of an allowance or a meter; to be read before use."""
        found = self.counts.get((period, name))
        if found is None:
            found = self.counts[period, name] = Counted(name)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class RatingLine:
    """Usage that is rated alike: by one plan, on one day, from the allowance of one period.

    `pool` counts the used part of the allowance, which several meters may share; `own` the meter's charged units, and
    `charged` those at this plan's rate (see `rating`).
    """

    context: RatingContext
    meter: str
    plan: Plan
    day: date
    period: date
    pool: Counted
    own: Counted
    charged: ChargedLine
    allowance: int


@dataclass(slots=True)
class Rater:
    """Rates usage against allowances that are read in one go. Only with the wallets locked."""

    contexts: dict[UUID, RatingContext]

    def line(self, org_id: UUID, meter: str, at: datetime, plan: Plan | None = None) -> RatingLine:
        """The line of usage at `at`, rated by `plan` if that is already known."""
        context = self.contexts[org_id]
        return context.line(meter, at, plan or context.terms.plan_at(at))

    def read(self) -> None:
        """Read the allowances of all current lines. One statement."""
        missing = self._missing
        if not missing:
            return
        asked = [array(sorted(set(values))) for values in zip(*missing, strict=True)]
        _fill(missing, driver_connection().execute(READ, asked))

    def fill(self, rows: Iterable[CountRow]) -> None:
        """Restore the counts of all current lines from what was read of them."""
        _fill(self._missing, rows)

    @property
    def _missing(self) -> dict[tuple[str, date, str], Counted]:
        return {
            (context.name, period, name): counted
            for context in self.contexts.values()
            for (period, name), counted in context.counts.items()
            if not counted.is_read
        }

    def rate(self, line: RatingLine, quantity: int) -> Charge:
        """Rate usage, and use up the allowance that it takes. Raises `TooMuchError`, in which case nothing is
        used."""
        return self.rate_units(line, rating.billable_units(line.plan.rates[line.meter], quantity))

    def rate_units(self, line: RatingLine, billable: int, *, most: int = MAX_MICRO) -> Charge:
        """The same for billable units, which already include the rate's minimum and step. It may cost up to
        `most`."""
        included = min(billable, max(line.allowance - line.pool.used, 0))
        units, before = billable - included, line.own.charged
        cost = line.charged.cost_of_more(units, before) if units else 0
        if cost > most or before + units > MOST_COUNTED:
            raise TooMuchError
        line.pool.used += included
        if units:
            line.own.charged += units
            line.charged.add(units, before, cost)
        line.pool.is_changed = line.own.is_changed = True
        return Charge(billable, included, Money(cost, line.context.currency))

    def write(self) -> None:
        """Write the allowances that have changed. One statement."""
        rows = [
            (context.name, period, name, one.used, one.charged, _json.encode(one.written).decode())
            for context in self.contexts.values()
            for (period, name), one in sorted(context.counts.items())
            if one.is_changed
        ]
        if rows:
            driver_connection().execute(_WRITE, columns(rows))


def _fill(missing: Mapping[tuple[str, date, str], Counted], rows: Iterable[CountRow]) -> None:
    for org_id, period, name, used, charged, lines in rows:
        counted = missing.get((str(org_id), period, name))
        if counted is not None:
            counted.fill(used, charged, lines)
    for counted in missing.values():
        counted.is_read = True

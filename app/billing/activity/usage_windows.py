"""Which days of usage are shown, and which ones are compared with the range before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.billing.activity.cost_change import Period
from app.models import UsageGroup
from app.money import Money

BY = ("campaign", "agent", "number", "meter")
"""What rows can be of."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which days, which ones before them, and what rows are of (`BY`); `group` is the only one wanted, if any."""

    period: Period
    before: Period
    by: str = "campaign"
    group: UsageGroup | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """What something cost in all, and of that, in whole days (`whole`), beside as many days of the range before."""

    cost: Money
    whole: Money
    before: Money

    @property
    def percent(self) -> int | None:
        """How much more or less the whole days cost, in whole percent; None with nothing to compare with."""
        if self.before.micro <= 0:
            return None
        return round(100 * (self.whole.micro - self.before.micro) / self.before.micro)


@dataclass(frozen=True, slots=True)
class Windows:
    """Today isn't over, so it is shown, and compared with nothing. `days` is how many are compared."""

    period: Period
    before: Period
    last_shown: date
    days: int

    @classmethod
    def of(cls, asked: Asked, today: date) -> Windows:
        """Those of a question that is asked on a day."""
        is_over = asked.period.last < today
        whole = asked.period.days if is_over else max((today - asked.period.first).days, 0)
        return cls(asked.period, asked.before, min(asked.period.last, today), whole)

    @property
    def whole_until(self) -> date:
        """The last whole day; the one before the range where it has none yet."""
        return self.period.first + timedelta(days=self.days - 1)

    @property
    def before_until(self) -> date:
        """All of the range before, where all of this one is over: months are of different lengths."""
        if self.days == self.period.days:
            return self.before.last
        return min(self.before.first + timedelta(days=self.days - 1), self.before.last)

    def compare(self, amounts: Mapping[date, int], currency: str) -> Compared:
        """Add up what each day cost, in micro-units."""

        def between(first: date, last: date) -> Money:
            return Money(sum(micro for day, micro in amounts.items() if first <= day <= last), currency)

        return Compared(
            between(self.period.first, self.period.last),
            between(self.period.first, self.whole_until),
            between(self.before.first, self.before_until),
        )

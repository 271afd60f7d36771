"""How much the next automatic charge is: one charge closes the whole gap, within every limit that there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.billing import catalog
from app.billing.auto_top_ups import before_charging, monthly_cap
from app.billing.auto_top_ups.before_charging import DAILY_LIMIT, MONTHLY_CAP, Refusal
from app.billing.auto_top_ups.looks import Look
from app.billing.topups import daily_limits
from app.models import AutoTopUp, Organization
from app.money import Money, smallest_unit

_RETRY_AFTER = timedelta(hours=1)
"""When a daily limit that depends on payments under way is asked again."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a charge can be at most at this moment: by its smallest and largest amount, and by what is left."""

    least: Money
    most: Money
    cap_left: Money
    daily: daily_limits.Usage

    @property
    def bound(self) -> Money:
        """The most that one charge can be now."""
        return min(self.most, self.cap_left, self.daily.left)


def limits_of(organization: Organization, settings: AutoTopUp, at: datetime) -> Limits:
    """The limits now. Certain only while the wallet is locked."""
    offered = catalog.current().top_up
    cap = Money(settings.cap_micro, organization.currency)
    month = monthly_cap.month_of(organization, at)
    used = monthly_cap.used(organization.id, month, organization.currency)
    left = max(cap - used, Money.zero(organization.currency))
    return Limits(offered.minimum, offered.maximum, left, daily_limits.gather(organization.id))


def gap(available: Money, target: Money) -> Money:
    """What brings credit back to the target, in whole smallest units of the currency."""
    unit = smallest_unit(target.currency)
    missing = max(target.micro - available.micro, 0)
    return Money(-(-missing // unit) * unit, target.currency)


def decide(look: Look) -> Money | Refusal:
    """The amount to charge now for a wallet below its threshold, or why nothing is charged."""
    organization, settings, at = look.organization, look.settings, look.at
    limits = limits_of(organization, settings, at)
    target = Money(settings.target_micro, organization.currency)
    if limits.cap_left < limits.least:
        return Refusal(MONTHLY_CAP, monthly_cap.next_month_at(organization, at))
    if limits.daily.left < limits.least:
        return Refusal(DAILY_LIMIT, limits.daily.possible_at(limits.least) or at + _RETRY_AFTER)
    amount = min(max(gap(look.wallet.available, target), limits.least), limits.bound)
    return before_charging.refusal(organization, amount, at) or amount

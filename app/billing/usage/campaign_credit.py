"""The credit that a campaign's calls may spend: what is set aside for it, and available credit above the reserve.

What is set aside for other campaigns is no part of available credit, so it never helps this one.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.billing import catalog
from app.billing.catalog import directions
from app.billing.limits import Call
from app.billing.wallet import status as calling_status
from app.models import Organization
from app.money import Money


@dataclass(frozen=True, slots=True)
class CampaignCredit:
    """What pays for a campaign's calls, `own` first.

    `own` is left of its envelope. `shared` is available credit without the reserve, unless its calls are inbound;
    below zero where that much is missing for any call. `available` is all available credit, `reserve` what of it
    isn't for these calls.
    """

    available: Money
    reserve: Money
    own: Money

    @property
    def shared(self) -> Money:
        return self.available - self.reserve

    @property
    def usable(self) -> Money:
        """What its calls can spend now, above zero."""
        return self.own + max(self.shared, Money.zero(self.own.currency))

    def missing_for(self, cost: Money, others: Money | None = None) -> Money:
        """How much is short of a campaign that costs `cost`, while `others` is spent of available credit. Nothing is
        short of one that its own envelope pays for."""
        nothing = Money.zero(cost.currency)
        if self.own and cost <= self.own:
            return nothing
        return max(cost - self.own + (others or nothing) - self.shared, nothing)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a cost is, compared with credit. `missing` is how much credit is short of it, `top_up` the suggested
    amount: what is missing, as a preset or rounded up, within the limits."""

    cost: Money
    credit: CampaignCredit
    missing: Money
    top_up: Money | None


def find(organization: Organization, *, meter: str | None = None, campaign: str = "") -> CampaignCredit:
    """The credit for calls of a meter, of the campaign of this name if it has one."""
    nothing = Money.zero(organization.currency)
    status = calling_status.find(organization.id, Call(campaign=campaign or None))
    if status is None:
        return CampaignCredit(nothing, nothing, nothing)
    is_inbound = meter is not None and directions.is_inbound([meter])
    left = status.envelope.left if status.envelope else 0
    return CampaignCredit(
        available=status.available,
        reserve=nothing if is_inbound else status.reserve,
        own=Money(max(left, 0), organization.currency),
    )


def cover(cost: Money, credit: CampaignCredit, *, others: Money | None = None) -> Coverage:
    """Compare what a campaign costs with credit of the same currency, while `others` is spent meanwhile."""
    missing = credit.missing_for(cost, others)
    return Coverage(cost, credit, missing, suggest_top_up(missing) if missing else None)


def suggest_top_up(missing: Money) -> Money:
    """A top-up that covers what is missing: the smallest preset that does, or the next ten units of the currency; the
    largest one where no top-up is enough."""
    limits = catalog.current().top_up
    fitting = [preset for preset in limits.presets if preset >= missing]
    if fitting:
        return min(fitting)
    ten = Money.parse("10", missing.currency).micro
    rounded = Money(-(-missing.micro // ten) * ten, missing.currency)
    return rounded if rounded <= limits.maximum else limits.maximum

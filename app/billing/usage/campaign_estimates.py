"""What a campaign would cost: its calls by the plan's rates, after what is left of the allowances of this period.

What the agents listen, speak and think beside the telephone is taken from the organization's own last thirty days,
where there is enough to go by, and else from what agents usually use.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from uuid import UUID

from sqlalchemy import func, select

from app.billing import catalog
from app.billing.catalog import Meter, Plan, rating, versions
from app.billing.catalog.quantities import Units
from app.billing.catalog.rating import Charge
from app.billing.plans import terms as plan_terms
from app.billing.plans.terms import BillingContext
from app.billing.usage.rater import Rater, RatingContext
from app.billing.wallet import status as calling_status
from app.extensions import db
from app.models import Organization, UsageDaily, UsageGroup
from app.money import Money, total

DAYS = 30
ENOUGH_SECONDS = 1_800
"""Half an hour of calls says how an organization's agents talk; less says little."""
USUAL = {
    "speech_to_text": Fraction(1, 2),
    "text_to_speech": Fraction(41, 10),
    "tokens_in": Fraction(28),
    "tokens_out": Fraction(7, 2),
}
"""What an agent usually uses in a second of a call."""


class UnknownCallingMeterError(LookupError):
    """The plan has no such meter of calls."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """Calls of one kind. Of `calls` so many percent are answered, and take `shortest` to `longest` seconds each."""

    calls: int
    meter: str
    answered_percent: int
    shortest: int
    longest: int

    @property
    def answered(self) -> int:
        """Calls that someone answers; a begun one counts."""
        return -(-self.calls * self.answered_percent // 100)


@dataclass(frozen=True, slots=True)
class EstimateLine:
    """One meter, where all calls take longest: of `billable` units `included` are covered by the allowance.

    `least` is what it costs where all of them are short.
    """

    meter: str
    label: str
    quantity: int
    unit: str
    billable: int
    included: int
    least: Money
    most: Money

    @property
    def used(self) -> Units:
        return Units(self.quantity, self.unit)

    @property
    def free(self) -> Units:
        return Units(self.included, self.unit)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a campaign would cost, beside what there is. `missing` is what credit falls short of `most`.

    `top_up` is the amount to suggest then: what is missing, as a preset or in round figures, within the limits.
    `is_own_usage` says whether the agents' usage is the organization's own.
    """

    campaign: Campaign
    lines: tuple[EstimateLine, ...]
    least: Money
    most: Money
    available: Money
    missing: Money
    top_up: Money | None
    is_own_usage: bool

    @property
    def covered_percent(self) -> int:
        """How much of the dearest case available credit covers, in whole percent, not rounded up."""
        if self.most.micro <= 0 or self.available >= self.most:
            return 100
        return max(self.available.micro, 0) * 100 // self.most.micro


def calling_meters(organization: Organization, at: datetime) -> dict[str, Meter]:
    """The kinds of calls that the organization's plan has rates for."""
    plan = plan_terms.get_terms(organization).plan_at(at)
    plan_catalog = versions.find(plan.version)
    return {key: meter for key, meter in plan_catalog.meters.items() if meter.group is UsageGroup.CALLING}


def estimate(organization: Organization, campaign: Campaign, *, at: datetime) -> Estimate:
    """What the campaign would cost if it ran now. Raises `UnknownCallingMeterError`. Nothing is used up by asking."""
    meters = calling_meters(organization, at)
    if campaign.meter not in meters:
        raise UnknownCallingMeterError(
            f"There is no kind of calls {campaign.meter[:60]!r}. There are: {', '.join(meters)}."
        )
    billing = plan_terms.get_billing_contexts([organization.id])[organization.id]
    plan = billing.terms.plan_at(at)
    ratios, is_own = _usage_of_a_second(organization, plan)
    pricing = _Pricing(organization.id, billing, plan, ratios, campaign, at)
    least, most = pricing.of(campaign.shortest), pricing.of(campaign.longest)
    plan_catalog = versions.find(plan.version)
    lines = tuple(
        EstimateLine(
            meter=meter,
            label=plan_catalog.meter(meter).label,
            quantity=quantity,
            unit=plan_catalog.meter(meter).unit,
            billable=charge.billable,
            included=charge.included,
            least=least[meter][1].amount,
            most=charge.amount,
        )
        for meter, (quantity, charge) in most.items()
    )
    currency = organization.currency
    status = calling_status.find(organization.id)
    available = status.available if status else Money.zero(currency)
    dearest = total((line.most for line in lines), currency)
    missing = max(dearest - available, Money.zero(currency))
    return Estimate(
        campaign=campaign,
        lines=lines,
        least=total((line.least for line in lines), currency),
        most=dearest,
        available=available,
        missing=missing,
        top_up=_suggested(missing) if missing else None,
        is_own_usage=is_own,
    )


@dataclass(frozen=True, slots=True)
class _Pricing:
    """What it takes to price a campaign; nothing that is used up here is written down."""

    org_id: UUID
    billing: BillingContext
    plan: Plan
    ratios: dict[str, Fraction]
    campaign: Campaign
    at: datetime

    def of(self, seconds: int) -> dict[str, tuple[int, Charge]]:
        """Quantity and charge by meter, where each answered call takes so long."""
        campaign = self.campaign
        talking = campaign.answered * seconds
        billable = campaign.answered * _billable(self.plan, campaign.meter, seconds)
        wanted = {campaign.meter: (talking, billable)}
        for meter, ratio in self.ratios.items():
            quantity = -(-talking * ratio.numerator // ratio.denominator)
            wanted[meter] = (quantity, _billable(self.plan, meter, quantity))
        context = RatingContext.of(self.org_id, self.billing)
        rater = Rater({self.org_id: context})
        lines = {meter: rater.line(self.org_id, meter, self.at, self.plan) for meter in wanted}
        rater.read()
        return {
            meter: (quantity, rater.rate_units(lines[meter], billable))
            for meter, (quantity, billable) in wanted.items()
        }


def _billable(plan: Plan, meter: str, quantity: int) -> int:
    return rating.billable_units(plan.rates[meter], quantity)


def _usage_of_a_second(organization: Organization, plan: Plan) -> tuple[dict[str, Fraction], bool]:
    """What agents use in a second of a call, and whether that is the organization's own."""
    plan_catalog = versions.find(plan.version)
    since = organization.local_day() - timedelta(days=DAYS)
    query = (
        select(UsageDaily.meter, func.sum(UsageDaily.quantity))
        .where(UsageDaily.org_id == organization.id, UsageDaily.day >= since)
        .group_by(UsageDaily.meter)
    )
    used = {meter: int(units) for meter, units in db.session.execute(query)}
    talked = sum(used.get(meter, 0) for meter in plan_catalog.meters_of(UsageGroup.CALLING))
    models = [meter for meter in plan_catalog.meters_of(UsageGroup.MODELS) if meter in plan.rates]
    if talked < ENOUGH_SECONDS:
        return {meter: USUAL[meter] for meter in models if meter in USUAL}, False
    return {meter: Fraction(used[meter], talked) for meter in models if used.get(meter, 0) > 0}, True


def _suggested(missing: Money) -> Money | None:
    """A top-up that covers what is missing: the smallest preset that does, or the next ten units of the currency."""
    limits = catalog.current().top_up
    fitting = [preset for preset in limits.presets if preset >= missing]
    if fitting:
        return min(fitting)
    ten = Money.parse("10", missing.currency).micro
    rounded = Money(-(-missing.micro // ten) * ten, missing.currency)
    return rounded if rounded <= limits.maximum else limits.maximum

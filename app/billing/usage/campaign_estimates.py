"""Estimates what a campaign would cost: its calls at the plan's rates, after the remaining allowances of this period.

The agents' speech and model usage is taken from the organization's last thirty days if there is enough data, and
otherwise from typical usage.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from uuid import UUID

from sqlalchemy import func, select

from app.billing.catalog import Meter, Plan, rating, versions
from app.billing.catalog.quantities import Units
from app.billing.catalog.rating import Charge
from app.billing.plans import terms as plan_terms
from app.billing.plans.terms import BillingContext
from app.billing.usage import campaign_credit
from app.billing.usage.campaign_credit import CampaignCredit
from app.billing.usage.rater import Rater, RatingContext
from app.extensions import db
from app.models import Organization, UsageByMeter, UsageGroup
from app.money import Money, total

DAYS = 30
ENOUGH_SECONDS = 1_800
"""Half an hour of calls is representative of an organization's agents; less is not."""
USUAL = {
    "speech_to_text": Fraction(1, 2),
    "text_to_speech": Fraction(41, 10),
    "tokens_in": Fraction(28),
    "tokens_out": Fraction(7, 2),
}
"""What an agent typically uses per second of a call."""


class UnknownCallingMeterError(LookupError):
    """The plan has no such meter of calls."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """Calls of one kind. A percentage of `calls` is answered, and takes `shortest` to `longest` seconds each."""

    calls: int
    meter: str
    answered_percent: int
    shortest: int
    longest: int

    @property
    def answered(self) -> int:
        """The number of answered calls, rounded up."""
        return -(-self.calls * self.answered_percent // 100)


@dataclass(frozen=True, slots=True)
class EstimateLine:
    """One meter, if all calls take the longest: `included` of the `billable` units are covered by the allowance.

    `least` is the cost if all calls are short.
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
    """What a campaign would cost, compared with the credit for it. `missing` is how much credit is short of `most`.

    `top_up` is the suggested amount: what is missing, as a preset or rounded up, within the limits. `is_own_usage`
    says whether the estimate is based on the organization's own usage.
    """

    campaign: Campaign
    lines: tuple[EstimateLine, ...]
    least: Money
    most: Money
    credit: CampaignCredit
    missing: Money
    top_up: Money | None
    is_own_usage: bool

    @property
    def covered_percent(self) -> int:
        """How much of the most expensive case its credit covers, in whole percent, rounded down."""
        usable = self.credit.usable
        if self.most.micro <= 0 or usable >= self.most:
            return 100
        return usable.micro * 100 // self.most.micro


def calling_meters(organization: Organization, at: datetime) -> dict[str, Meter]:
    """The kinds of calls that the organization's plan has rates for."""
    plan = plan_terms.get_terms(organization).plan_at(at)
    plan_catalog = versions.find(plan.version)
    return {key: meter for key, meter in plan_catalog.meters.items() if meter.group is UsageGroup.CALLING}


def estimate(organization: Organization, campaign: Campaign, *, at: datetime, name: str = "") -> Estimate:
    """What the campaign would cost if it ran now, and whether its credit covers that: with what is set aside for one
    of this name. Raises `UnknownCallingMeterError`. An estimate uses nothing up."""
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
    credit = campaign_credit.find(organization, meter=campaign.meter, campaign=name)
    coverage = campaign_credit.cover(total((line.most for line in lines), currency), credit)
    return Estimate(
        campaign=campaign,
        lines=lines,
        least=total((line.least for line in lines), currency),
        most=coverage.cost,
        credit=credit,
        missing=coverage.missing,
        top_up=coverage.top_up,
        is_own_usage=is_own,
    )


def most_on(organization: Organization, campaign: Campaign, plan: Plan, *, at: datetime) -> Money:
    """The most that the campaign would cost if another plan were in force, after what this period has used of
    allowances."""
    billing = plan_terms.get_billing_contexts([organization.id])[organization.id]
    ratios, _ = _usage_of_a_second(organization, plan)
    priced = _Pricing(organization.id, billing, plan, ratios, campaign, at).of(campaign.longest)
    return total((charge.amount for _, charge in priced.values()), organization.currency)


@dataclass(frozen=True, slots=True)
class _Pricing:
    """What is needed to price a campaign; usage in here is never stored."""

    org_id: UUID
    billing: BillingContext
    plan: Plan
    ratios: dict[str, Fraction]
    campaign: Campaign
    at: datetime

    def of(self, seconds: int) -> dict[str, tuple[int, Charge]]:
        """Quantity and charge by meter, if each answered call takes this long."""
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
    """What agents use per second of a call, and whether that is the organization's own usage."""
    plan_catalog = versions.find(plan.version)
    since = organization.local_day() - timedelta(days=DAYS)
    query = (
        select(UsageByMeter.meter, func.sum(UsageByMeter.quantity))
        .where(UsageByMeter.org_id == organization.id, UsageByMeter.posted_on >= since - timedelta(days=1))
        .where(UsageByMeter.day >= since)
        .group_by(UsageByMeter.meter)
    )
    used = {meter: int(units) for meter, units in db.session.execute(query)}
    talked = sum(used.get(meter, 0) for meter in plan_catalog.meters_of(UsageGroup.CALLING))
    models = [meter for meter in plan_catalog.meters_of(UsageGroup.MODELS) if meter in plan.rates]
    if talked < ENOUGH_SECONDS:
        return {meter: USUAL[meter] for meter in models if meter in USUAL}, False
    return {meter: Fraction(used[meter], talked) for meter in models if used.get(meter, 0) > 0}, True

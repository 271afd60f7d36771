"""The calendar of what comes next, from what pages have gathered anyway: no statement of its own.

A plan's amount is the next charge as Stripe previews it, with discounts, taxes and credit: what was on the calendar
the day before is what is charged (`tests/scenarios/test_what_is_charged_next.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.billing import forecast
from app.billing.catalog import Plan, meters, rating
from app.billing.credit import expiring
from app.billing.plans import PlanView
from app.billing.wallet.balance import BalanceView
from app.clock import utc_now
from app.models import Organization, PaymentMethod
from app.money import Money
from app.payments.invoice_sums import SumLine
from app.payments.oddities import Oddity

_NOT_CHARGED = {Oddity.PAUSED, Oddity.NOT_COLLECTED}
_AS_SUPPORT_SAYS = {Oddity.PRICE, Oddity.CURRENCY, Oddity.ITEMS, Oddity.SCHEDULE}
_EACH_DAY = "number-day"
"""The unit of what is rented by the day."""


class Kind(StrEnum):
    """What an entry is about."""

    UNPAID = "unpaid"  # a renewal that wasn't paid, and the last day to pay it
    RENEWAL = "renewal"
    CHANGE = "change"  # a scheduled change to another plan
    TOP_UP = "top_up"  # an automatic one, by the forecast
    RUNS_OUT = "runs_out"  # credit, by the forecast
    EXPIRES = "expires"  # credit that isn't used by then
    RENT = "rent"  # of phone numbers, each day


@dataclass(frozen=True, slots=True)
class ComingEntry:
    """One entry. `day` is None for what comes every day, and `amount` where it isn't known.

    `card` is what it is charged to; without one it is from the wallet, or isn't charged. `lines` are how the amount
    comes about, if it is more than a price. `count` is how many are rented.
    `credit` is what expires. `is_over` is whether the day to pay by is over.
    """

    kind: Kind
    day: date | None
    amount: Money | None
    plan: str = ""
    interval: str = ""
    card: PaymentMethod | None = None
    is_estimate: bool = False
    is_invoiced: bool = False
    lines: tuple[SumLine, ...] = ()
    count: int = 0
    credit: str = ""
    is_over: bool = False


def list_entries(organization: Organization, plan: PlanView, balance: BalanceView) -> list[ComingEntry]:
    """What comes next, in the order of its days; what comes every day is last."""
    found = [
        *_of_plan(plan),
        *_of_credit(organization, balance),
        *_of_expiry(organization, balance),
        *_of_rent(organization, plan),
    ]
    return sorted(found, key=lambda entry: (entry.day is None, entry.day or date.max, entry.kind))


def _of_plan(plan: PlanView) -> Iterator[ComingEntry]:
    if plan.is_past_due:
        last_day = plan.grace_ends_on or plan.renews_on
        yield ComingEntry(Kind.UNPAID, last_day, None, plan.name, is_over=plan.is_suspended)
    change = plan.scheduled
    is_changed_then = change is not None and change.on == plan.renews_on
    if _is_charged(plan):
        amount = _amount(plan)
        yield ComingEntry(
            kind=Kind.CHANGE if is_changed_then else Kind.RENEWAL,
            day=plan.renews_on,
            amount=amount,
            plan=change.plan_name if change and is_changed_then else plan.name,
            interval=change.interval if change and is_changed_then else plan.interval,
            card=None if plan.arranged is Oddity.INVOICED or _is_nothing(amount) else plan.default_card,
            is_estimate=plan.next_charge is None and plan.arranged not in _AS_SUPPORT_SAYS,
            is_invoiced=plan.arranged is Oddity.INVOICED,
            lines=_lines(plan),
        )
        if is_changed_then:
            return
    if change is not None:
        yield ComingEntry(
            kind=Kind.CHANGE,
            day=change.on,
            amount=change.price,
            plan=change.plan_name,
            interval=change.interval,
            card=plan.default_card if change.price else None,
            is_estimate=bool(change.price),
        )


def _amount(plan: PlanView) -> Money | None:
    if plan.arranged in _AS_SUPPORT_SAYS:
        return None
    return plan.next_charge.due if plan.next_charge else plan.price


def _is_nothing(amount: Money | None) -> bool:
    """Whether nothing is charged, as where invoice credit covers all of it. What isn't known may be something."""
    return amount is not None and not amount


def _lines(plan: PlanView) -> tuple[SumLine, ...]:
    if plan.next_charge is None or plan.next_charge.is_plain or plan.arranged in _AS_SUPPORT_SAYS:
        return ()
    return plan.next_charge.lines


def _is_charged(plan: PlanView) -> bool:
    if plan.is_past_due or plan.renews_on is None or plan.arranged in _NOT_CHARGED:
        return False
    return plan.is_charged_next or (plan.next_charge is not None and plan.arranged is Oddity.INVOICED)


def _of_credit(organization: Organization, balance: BalanceView) -> Iterator[ComingEntry]:
    """The next automatic top-up: when credit falls to its threshold. Without one, when credit runs out, unless it
    has."""
    settings = balance.auto_top_up
    is_on = settings is not None and settings.is_on
    least = settings.threshold_micro if settings and is_on else 0
    now = utc_now()
    left = balance.available.micro - least
    if not is_on and left <= 0:
        return
    dryness = forecast.lasts(balance.forecast, left, now, balance.credit).dryness
    if dryness is None or dryness.about is None or dryness.about <= now:
        return
    refill = Money(settings.target_micro - least, organization.currency) if settings and is_on else None
    yield ComingEntry(
        Kind.TOP_UP if is_on else Kind.RUNS_OUT,
        organization.local_day(dryness.about),
        refill,
        is_estimate=True,
    )


def _of_expiry(organization: Organization, balance: BalanceView) -> Iterator[ComingEntry]:
    """What is left now of each lot that expires, on the last day on which it can be used: lots of one day are one."""
    found: dict[tuple[date, str], int] = {}
    for lot in balance.credit.expiring:
        if lot.expires_at is not None:
            entry = expiring.last_day_of(organization, lot.expires_at), lot.kind.label
            found[entry] = found.get(entry, 0) + lot.left
    for (day, label), micro in found.items():
        yield ComingEntry(Kind.EXPIRES, day, Money(micro, organization.currency), credit=label)


def _of_rent(organization: Organization, plan: PlanView) -> Iterator[ComingEntry]:
    for limit in plan.limits:
        if limit.used and limit.resource in plan.in_force.rates and _is_rented(limit.resource):
            yield ComingEntry(
                kind=Kind.RENT,
                day=None,
                amount=_rent(plan.in_force, limit.resource, limit.used, organization.currency),
                is_estimate=plan.in_force.allowance_of(limit.resource) > 0,
                count=limit.used,
            )


def _is_rented(meter: str) -> bool:
    return meters.get_meter(meter).unit == _EACH_DAY


def _rent(plan: Plan, meter: str, count: int, currency: str) -> Money:
    """What a day costs, without what an allowance may cover."""
    return Money(rating.cost_of(plan.rates[meter], count), currency)

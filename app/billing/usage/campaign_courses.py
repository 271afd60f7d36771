"""How a campaign would go: until when it takes, what else is spent meanwhile, how far the credit gets.

Its calls are spread over the hours in which the organization usually calls. What else is spent is the forecast's. Its
calls take what is set aside for the campaign first, and then share available credit above the reserve with the rest.
Credit that expires before it is used is gone from then on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from app.billing import forecast
from app.billing.forecast import Losses, Profile
from app.billing.usage import campaign_credit
from app.billing.usage.campaign_estimates import Estimate
from app.billing.wallet import lots
from app.extensions import db
from app.models import Organization, Wallet
from app.money import Money

_HOUR, _INSTANT = timedelta(hours=1), timedelta(microseconds=1)
_WORK = range(9, 18)
"""When campaigns are taken to call, while the organization's own hours aren't known."""


@dataclass(frozen=True, slots=True)
class Course:
    """A campaign whose calls cost the most that they may.

    `ends_at` is when it is over. `meanwhile` is what else is spent until then, None while there is no forecast, and
    `expires` is how much credit expires unused before.
    `runs_out_at` is when its credit ends before, after `calls_covered` of its calls; None if credit covers all of it.
    `missing` is how much is short of the campaign and the rest, and `top_up` the suggested amount. `covers_rest` is
    whether credit covers the rest too, which an envelope that pays for the campaign doesn't.
    """

    calls_a_day: int
    ends_at: datetime
    meanwhile: Money | None
    expires: Money
    calls_covered: int
    runs_out_at: datetime | None
    missing: Money
    top_up: Money | None
    covers_rest: bool


def follow(
    organization: Organization, estimate: Estimate, calls_a_day: int, *, now: datetime
) -> Course | None:
    """The course of an estimated campaign that begins now; None if it takes longer than anything is forecast."""
    profile = forecast.find_profile(organization)
    calls, currency = estimate.campaign.calls, organization.currency
    cost = Fraction(estimate.most.micro, calls)
    own, shared = Fraction(estimate.credit.own.micro), Fraction(estimate.credit.shared.micro)
    losses = Losses(lots.left.of(db.session.get_one(Wallet, organization.id, populate_existing=True)))
    made, other, used, lost = Fraction(0), 0, Fraction(0), 0
    covered, runs_out_at, ends_at = calls, None, None
    for begin, hour_ends, share, usual in _hours(organization, profile, now):
        end = hour_ends
        gone = losses.until(begin, round(used)) - lost
        shared, lost = shared - gone, lost + gone
        part = min(calls_a_day * share, calls - made)
        spent = part * cost
        # The hour in which the last call is made ends with it.
        if made + part >= calls and share:
            end = begin + (end - begin) * float(part / (calls_a_day * share))
        if runs_out_at is None and spent >= own and spent - own + usual > shared:
            reached = _reached(spent, usual, own, shared)
            runs_out_at, covered = begin + (end - begin) * float(reached), int(made + part * reached)
        drawn = min(spent, own)
        own, shared = own - drawn, shared - (spent - drawn) - usual
        used += spent - drawn + usual
        made, other = made + part, other + usual
        if made >= calls:
            ends_at = end
            break
    if ends_at is None:
        return None
    meanwhile = Money(other, currency) if profile else None
    coverage = campaign_credit.cover(estimate.most, estimate.credit, others=Money(other + lost, currency))
    if not coverage.missing:
        runs_out_at, covered = None, calls
    return Course(
        calls_a_day,
        ends_at,
        meanwhile,
        Money(lost, currency),
        covered,
        runs_out_at,
        coverage.missing,
        coverage.top_up,
        covers_rest=shared >= 0,
    )


def _reached(spent: Fraction, usual: int, own: Fraction, shared: Fraction) -> Fraction:
    """The part of an hour after which neither its own nor shared credit is left for a campaign that spends `spent`
    in it, while `usual` is spent of shared credit."""
    together = (max(shared, Fraction(0)) + own) / (spent + usual) if spent + usual else Fraction(0)
    return min(max(together, own / spent if spent else Fraction(0)), Fraction(1))


def _hours(
    organization: Organization, profile: Profile | None, now: datetime
) -> Iterator[tuple[datetime, datetime, Fraction, int]]:
    """The hours from now on, as far as anything is forecast: the share of a day's calls that is made in each, and
    what else is spent."""
    zone = ZoneInfo(organization.timezone)
    first = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    expected = profile.expected_from(first) if profile else None
    for number in range(forecast.FURTHEST // _HOUR):
        hour = first + _HOUR * number
        begin, end = max(hour, now), hour + _HOUR
        usual = next(expected) if expected else 0
        part = Fraction((end - begin) // _INSTANT, _HOUR // _INSTANT)
        yield begin, end, _share(profile, hour.astimezone(zone)) * part, round(usual * part)


def _share(profile: Profile | None, local: datetime) -> Fraction:
    """The share of a day's calls that is made in an hour: the same in each hour with calls."""
    calling = profile.calling_hours(local.weekday()) if profile else frozenset[int]()
    if profile is None or not any(profile.slots):
        calling = frozenset(_WORK) if local.weekday() < 5 else frozenset()
    return Fraction(1, len(calling)) if local.hour in calling else Fraction(0)

"""What a week was like, for the digest: spending, top-ups, campaigns, and what comes next."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from app.billing import forecast, plans
from app.extensions import db
from app.models import Organization, TransferKind, UsageDaily, Wallet, WalletLine
from app.money import Money
from app.notify.emails import DigestDate, DigestRow, WeeklyDigest

CAMPAIGNS = 5
"""The most campaigns in a digest."""
_WEEK = timedelta(days=7)
AHEAD = timedelta(days=30)
"""How far ahead what comes next is named."""


def gather(organization: Organization, monday: date, now: datetime) -> WeeklyDigest:
    """The figures of the week before a Monday, days in the organization's zone."""
    first, last = monday - _WEEK, monday - timedelta(days=1)
    wallet = db.session.get_one(Wallet, organization.id)
    dryness = forecast.dry_at(organization, now=now)
    topped_up, top_ups = _top_ups(organization, first, last)
    return WeeklyDigest(
        first_day=first,
        last_day=last,
        spent=_spent(organization, first, last),
        before=_spent(organization, first - _WEEK, last - _WEEK),
        topped_up=topped_up,
        top_ups=top_ups,
        available=wallet.available,
        at=now,
        campaigns=_campaigns(organization, first, last),
        dry_at=dryness.about if dryness else None,
        coming=_coming(organization, monday),
    )


def _spent(organization: Organization, first: date, last: date) -> Money:
    query = select(func.coalesce(func.sum(UsageDaily.amount_micro), 0)).where(
        UsageDaily.org_id == organization.id, UsageDaily.day.between(first, last)
    )
    return Money(int(db.session.scalar(query) or 0), organization.currency)


def _top_ups(organization: Organization, first: date, last: date) -> tuple[Money, int]:
    query = select(func.coalesce(func.sum(WalletLine.amount_micro), 0), func.count()).where(
        WalletLine.org_id == organization.id,
        WalletLine.kind == TransferKind.TOP_UP,
        WalletLine.day.between(first, last),
    )
    micro, count = db.session.execute(query).one()
    return Money(int(micro), organization.currency), count


def _campaigns(organization: Organization, first: date, last: date) -> list[DigestRow]:
    cost = func.sum(UsageDaily.amount_micro)
    query = (
        select(UsageDaily.campaign, cost)
        .where(
            UsageDaily.org_id == organization.id,
            UsageDaily.day.between(first, last),
            UsageDaily.campaign != "",
        )
        .group_by(UsageDaily.campaign)
        .having(cost > 0)
        .order_by(cost.desc(), UsageDaily.campaign)
        .limit(CAMPAIGNS)
    )
    found = db.session.execute(query).all()
    return [DigestRow(name=name, amount=Money(int(micro), organization.currency)) for name, micro in found]


def _coming(organization: Organization, monday: date) -> list[DigestDate]:
    plan = plans.gather(organization)
    coming = []
    if plan.renews_on and plan.is_charged_next:
        due = plan.next_charge.due if plan.next_charge else plan.price
        coming.append(DigestDate(day=plan.renews_on, name=f"{plan.name} renews", amount=due))
    if plan.scheduled:
        name = f"{plan.name} changes to {plan.scheduled.plan_name}"
        coming.append(DigestDate(day=plan.scheduled.on, name=name))
    return [one for one in sorted(coming, key=lambda one: one.day) if monday <= one.day <= monday + AHEAD]

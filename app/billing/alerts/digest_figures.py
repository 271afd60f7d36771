"""What a week was like, for the digest: spending, top-ups, campaigns, and what comes next."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from app.billing import coming_up, forecast, plans
from app.billing.coming_up import ComingEntry, Kind
from app.billing.wallet import balance
from app.extensions import db
from app.language import marked
from app.language.stored import for_storage
from app.models import Organization, TransferKind, UsageByMeter, UsageDaily, Wallet, WalletLine
from app.money import Money
from app.notify.emails import DigestDate, DigestRow, WeeklyDigest

CAMPAIGNS = 5
"""The most campaigns in a digest."""
_WEEK = timedelta(days=7)
AHEAD = timedelta(days=30)
"""How far ahead what comes next is named."""
_NAMES = {
    Kind.UNPAID: "{} renewal isn't paid yet",
    Kind.RENEWAL: "{} renewal",
    Kind.CHANGE: "Change to {}",
    Kind.TOP_UP: marked("Automatic top-up, expected"),
    Kind.RUNS_OUT: marked("Credit runs out, expected"),
    Kind.EXPIRES: "{} that isn't used expires",
}
"""In English, as facts are stored; `app.notify.stored_texts` reads them back."""


@for_storage()
def gather(organization: Organization, monday: date, now: datetime) -> WeeklyDigest:
    """The figures of the week before a Monday, days in the organization's zone."""
    first, last = monday - _WEEK, monday - timedelta(days=1)
    wallet = db.session.get_one(Wallet, organization.id)
    dryness = forecast.dry_at(organization, now=now)
    entries = coming_up.list_entries(organization, plans.gather(organization), balance.read(organization))
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
        coming=_coming(entries, monday),
        each_day=_each_day(entries),
    )


def _spent(organization: Organization, first: date, last: date) -> Money:
    query = select(func.coalesce(func.sum(UsageByMeter.amount_micro), 0)).where(
        UsageByMeter.org_id == organization.id,
        UsageByMeter.posted_on >= first - timedelta(days=1),
        UsageByMeter.day.between(first, last),
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


def _coming(entries: list[ComingEntry], monday: date) -> list[DigestDate]:
    """What the calendar has for the weeks that follow, and what is unpaid."""
    return [
        DigestDate(
            day=entry.day,
            name=_NAMES[entry.kind].format(entry.credit or entry.plan),
            amount=entry.amount,
            by=_paid_by(entry),
            is_estimate=entry.is_estimate and entry.amount is not None,
        )
        for entry in entries
        if entry.day is not None and (entry.kind is Kind.UNPAID or monday <= entry.day <= monday + AHEAD)
    ]


def _each_day(entries: list[ComingEntry]) -> list[DigestRow]:
    return [
        DigestRow(
            name=f"Rent for {entry.count} phone number{'s' if entry.count != 1 else ''}", amount=entry.amount
        )
        for entry in entries
        if entry.kind is Kind.RENT and entry.amount is not None
    ]


def _paid_by(entry: ComingEntry) -> str:
    if entry.kind is Kind.TOP_UP:
        return marked("your auto top-up card")
    if entry.is_invoiced:
        return marked("an invoice by email")
    return entry.card.label if entry.card is not None and entry.amount else ""

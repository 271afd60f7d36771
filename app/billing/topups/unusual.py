"""Unusual top-ups, told immediately to all owners and billing recipients: they may be a thief's.

A top-up is judged when it's claimed, under the wallet's lock, with who pays it from where, whatever becomes of the
payment:

- `large`: more than `TIMES` the largest of the last 90 days, and more than the catalog calls large;
- `new_card`: more than the catalog calls large, with a card that wasn't there a day ago;
- `burst`: more than `BURST` top-ups within an hour, told with the first beyond, and once an hour;
- `limit`: the daily limit ended it, told once a day.

An organization in its first week has nothing usual yet, so the first two are not said of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.billing import audit, catalog
from app.billing.audit import Actor
from app.billing.mail import notices
from app.billing.topups.daily_limits import DailyLimitReachedError
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, PaymentMethod, TopUp, TopUpStatus
from app.money import Money
from app.notify.emails import UnusualReason, UnusualTopUp

TIMES = 3
BURST = 6
_USUAL = timedelta(days=90)
_FIRST_WEEK = timedelta(days=7)
_NEW = timedelta(days=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _About:
    """What every such email says."""

    amount: Money
    card: str | None
    actor: Actor
    at: datetime

    def email(
        self, reason: UnusualReason, *, largest: Money | None = None, count: int | None = None
    ) -> UnusualTopUp:
        return UnusualTopUp(
            reason=reason,
            amount=self.amount,
            card=self.card,
            by=audit.display_name(self.actor.name),
            address=self.actor.address,
            at=self.at,
            largest=largest,
            count=count,
        )


def judge(organization: Organization, top_up: TopUp, card: PaymentMethod, actor: Actor) -> None:
    """Notify everyone if a top-up that was just claimed is unusual. In the caller's transaction."""
    now = utc_now()
    largest, within_hour = _history(top_up, now)
    reasons: list[UnusualReason] = []
    if top_up.amount > catalog.current().top_up.large and now - organization.created_at > _FIRST_WEEK:
        if top_up.amount > largest * TIMES:
            reasons.append("large")
        if now - card.created_at < _NEW:
            reasons.append("new_card")
    about = _About(top_up.amount, card.label, actor, now)
    for reason in reasons[:1]:
        email = about.email(reason, largest=largest or None)
        notices.to_everyone(organization, email, source=f"{reason}:{top_up.id}")
    if within_hour == BURST + 1:
        email = about.email("burst", count=within_hour)
        notices.to_everyone(organization, email, source=f"burst:{now:%Y-%m-%dT%H}")


def limit_reached(organization: Organization, refused: DailyLimitReachedError, actor: Actor) -> None:
    """Notify everyone that the daily limit has ended top-ups. In the caller's transaction.

    Not where a single one was simply too large for it: nothing was charged before that.
    """
    if refused.amount <= refused.limit:
        now = utc_now()
        email = _About(refused.limit, None, actor, now).email("limit")
        notices.to_everyone(organization, email, source=f"limit:{now:%Y-%m-%d}")


def _history(top_up: TopUp, now: datetime) -> tuple[Money, int]:
    """The largest top-up that was paid in the last 90 days, and how many were claimed within the last hour."""
    paid = (TopUp.status == TopUpStatus.SUCCEEDED) & (TopUp.settled_at > now - _USUAL)
    query = select(
        func.coalesce(func.max(TopUp.amount_micro).filter(paid), 0),
        func.count().filter(TopUp.claimed_at > now - _HOUR),
    ).where(TopUp.org_id == top_up.org_id)
    largest, count = db.session.execute(query).one()
    return Money(int(largest), top_up.currency), int(count)

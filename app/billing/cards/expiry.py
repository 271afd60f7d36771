"""Notifies people that a card they pay with is about to expire: a month before, and a week before."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta
from sqlalchemy import func, select

from app.billing import plans
from app.billing.mail import notices
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, PaymentMethod
from app.notify.emails import CardExpiring
from app.one_by_one import one_by_one

NOTICE_DAYS = (7, 30)
"""How many days before a card's last one its owners are notified, nearest first."""

_LONGEST_SECONDS = 3600
"""How long a run over all cards may take; the rest is left for the next day."""


def notify_all(at: datetime | None = None) -> int:
    """Write the notices due for all saved cards; returns how many cards were checked. Commits card by card.

    Repeating it writes nothing twice, and missed days are made up for: there is one notice when a card comes within
    thirty days of its end, and one when it comes within seven. If one card fails the others continue, and it is
    retried the next day.
    """
    now = at or utc_now()
    cards = _about_to_expire(now)

    def notify(card: tuple[Organization, PaymentMethod]) -> None:
        organization, method = card
        _notify(organization, method, organization.local_day(now))

    one_by_one("tell_of_expiring_cards", cards, notify, seconds=_LONGEST_SECONDS)
    return len(cards)


def last_day_of(method: PaymentMethod) -> date:
    """The last day on which a card works: the last of the month printed on it."""
    return date(method.exp_year, method.exp_month, 1) + relativedelta(months=1, days=-1)


def _notify(organization: Organization, method: PaymentMethod, today: date) -> None:
    last_day = last_day_of(method)
    left = (last_day - today).days
    notice = next((days for days in NOTICE_DAYS if 0 <= left <= days), None)
    if notice is None:
        return
    plan = plans.gather(organization).plan
    email = CardExpiring(
        card=method.label,
        last_day=last_day,
        days_left=left,
        is_default=method.is_default,
        plan=plan.name if plan.price and method.is_default else None,
    )
    notices.card_expiring(method, email, notice_days=notice)


def _about_to_expire(now: datetime) -> list[tuple[Organization, PaymentMethod]]:
    """Candidate cards: today's date in a time zone differs from ours by a day at most. One statement."""
    printed = func.make_date(PaymentMethod.exp_year, PaymentMethod.exp_month, 1)
    near = now.date() + timedelta(days=max(NOTICE_DAYS) + 1)
    query = (
        select(Organization, PaymentMethod)
        .join(PaymentMethod, PaymentMethod.org_id == Organization.id)
        .where(
            PaymentMethod.removed_at.is_(None),
            PaymentMethod.is_kept,
            printed <= near,
            printed > now.date() - timedelta(days=32),
        )
    )
    return [(organization, method) for organization, method in db.session.execute(query)]

"""Messages that were delayed for long, and are no longer true: people don't get them any more.

A gateway or a chat can be down for hours. What is still true then is worth sending; "calling is paused" an hour after
it was resumed is not. Programs get everything, in its order: they know the times.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.billing.alerts.levels import RECOVERED
from app.extensions import db
from app.models import AlertChannel, AlertDelivery, AlertLevel, ChannelKind
from app.notify import emails
from app.notify.emails import CreditAlert, CreditEnds, CreditRecovered

LATE = timedelta(minutes=15)
"""How long a message may be on its way before it's looked at again. It is longer than the first attempts take."""

ANSWER = "Not sent: it was late, and no longer true."


def is_too_late(channel: AlertChannel, delivery: AlertDelivery, now: datetime) -> bool:
    """Whether a message for people is late, and what it says of credit is over. One statement where it is late."""
    if channel.kind is ChannelKind.WEBHOOK or now - delivery.created_at < LATE:
        return False
    email = emails.unpack(delivery.kind, delivery.facts)
    if not isinstance(email, CreditAlert | CreditRecovered | CreditEnds):
        return False
    if isinstance(email, CreditAlert) and email.level == "forecast" and email.dry_at and email.dry_at <= now:
        return True
    return not _is_true(delivery)


def _is_true(delivery: AlertDelivery) -> bool:
    """An alert is until its fall is over, which its source names; a recovery until a level of it is reached again."""
    query = select(AlertLevel.key, AlertLevel.times).where(
        AlertLevel.org_id == delivery.org_id, AlertLevel.raised_at.is_not(None)
    )
    raised = {row.key: row.times for row in db.session.execute(query)}
    about, _, rest = delivery.source.partition(":")
    if about == RECOVERED:
        return not any(fall.rpartition(":")[0] in raised for fall in rest.split(","))
    key, _, times = delivery.source.rpartition(":")
    return str(raised.get(key)) == times

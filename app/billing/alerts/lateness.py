"""Messages that were delayed for long, and are no longer true: people don't get them any more.

A gateway, a chat or the mail server can be down for hours. What is still true then is worth sending; "calling is
paused" an hour after it was resumed is not. Programs get everything, in its order: they know the times.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.billing.alerts.levels import RECOVERED
from app.billing.mail import outbox
from app.clock import utc_now
from app.extensions import db
from app.models import AlertChannel, AlertDelivery, AlertLevel, ChannelKind, Mail
from app.notify import emails
from app.notify.emails import CreditAlert, CreditEnds, CreditRecovered

LATE = timedelta(minutes=15)
"""How long a message may be on its way before it's looked at again. It is longer than the first attempts take."""

ANSWER = outbox.OVER


def is_too_late(channel: AlertChannel, delivery: AlertDelivery, now: datetime) -> bool:
    """Whether a message for people is late, and what it says of credit is over. One statement where it is late."""
    return channel.kind is not ChannelKind.WEBHOOK and _is_late_and_over(delivery, delivery.source, now)


def is_mail_too_late(mail: Mail) -> bool:
    """The same of an email."""
    # The source of a personal email ends with its reader.
    source = mail.source.rpartition(":")[0] if mail.recipient is not None else mail.source
    return _is_late_and_over(mail, source, utc_now())


def _is_late_and_over(written: AlertDelivery | Mail, source: str, now: datetime) -> bool:
    if now - written.created_at < LATE:
        return False
    email = emails.unpack(written.kind, written.facts)
    if not isinstance(email, CreditAlert | CreditRecovered | CreditEnds):
        return False
    if isinstance(email, CreditAlert) and email.level == "forecast" and email.dry_at and email.dry_at <= now:
        return True
    return not _is_true(written.org_id, source)


def _is_true(org_id: UUID, source: str) -> bool:
    """An alert is until its fall is over, which its source names; a recovery until a level of it is reached again."""
    query = select(AlertLevel.key, AlertLevel.times).where(
        AlertLevel.org_id == org_id, AlertLevel.raised_at.is_not(None)
    )
    raised = {row.key: row.times for row in db.session.execute(query)}
    about, _, rest = source.partition(":")
    if about == RECOVERED:
        return not any(fall.rpartition(":")[0] in raised for fall in rest.split(","))
    key, _, times = source.rpartition(":")
    return str(raised.get(key)) == times

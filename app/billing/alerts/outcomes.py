"""What became of a message: delivered, tried again later, or its channel is switched off and its owner told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from sqlalchemy import select

from app.billing import audit
from app.billing.alerts import outgoing
from app.billing.alerts.naming import stored_name
from app.billing.audit import Actor
from app.billing.mail import notices
from app.clock import utc_now
from app.extensions import db
from app.models import (
    AlertChannel,
    AlertDelivery,
    AlertDeliveryState,
    ChannelKind,
    Organization,
    User,
)
from app.notify.emails import AlertChannelOff, AlertChannelSwitchedOff
from app.notify.webhooks import Answer

log = structlog.get_logger("billing.alerts")

ALERTS = Actor("alerts")
"""Who switches channels off, in the audit trail."""

OFF_AFTER = timedelta(hours=24)
"""After so long without accepting anything a channel is switched off, and a message is given up."""

_PAUSES = (5, 10, 30, 60, 120, 300, 600, 1800, 3600)
"""Seconds before the next attempt; the last one applies until a message is given up."""


class Result(StrEnum):
    """What a test has shown."""

    DELIVERED = "delivered"
    REJECTED = "rejected"
    SWITCHED_OFF = "switched_off"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    EMAILED = "emailed"
    NOT_CONFIRMED = "not_confirmed"


@dataclass(frozen=True, slots=True)
class Tested:
    """The result of a test, and the last response as text."""

    result: Result
    answer: str = ""


def record(channel: AlertChannel, delivery: AlertDelivery, answer: Answer) -> bool:
    """Record what became of a message whose channel is locked; whether the next one can be sent now."""
    now = utc_now()
    delivery.answer, delivery.sending_until = answer.words, None
    if delivery.state is not AlertDeliveryState.WAITING:
        return True
    is_over = now - delivery.created_at > OFF_AFTER
    is_off = _judge_channel(channel, answer, now)
    if answer.taken or answer.refused or is_off or is_over:
        is_delivered = answer.taken
        delivery.state = AlertDeliveryState.DELIVERED if is_delivered else AlertDeliveryState.FAILED
        delivery.ended_at = now
        if not is_delivered:
            log.warning("alert_failed", channel=str(channel.id), kind=channel.kind.value, answer=answer.words)
        return not is_off
    seconds = _PAUSES[min(delivery.attempts, len(_PAUSES)) - 1]
    pause = timedelta(seconds=max(seconds, min(answer.retry_after or 0, _PAUSES[-1])))
    delivery.next_try_at = now + pause
    outgoing.schedule(channel, after=pause)
    return False


def record_test(channel: AlertChannel, answer: Answer) -> Tested:
    """Record what a test has shown about a locked channel: one that answers 410 is switched off."""
    if channel.off_at is None and answer.gone:
        _switch_off(channel, "gone", answer, utc_now())
    elif answer.taken:
        channel.failing_since = None
    if answer.taken:
        return Tested(Result.DELIVERED)
    if answer.gone:
        return Tested(Result.SWITCHED_OFF, answer.words)
    if answer.status is None:
        return Tested(Result.NO_ANSWER, answer.words)
    return Tested(Result.REJECTED if answer.refused else Result.FAILED, answer.words)


def _judge_channel(channel: AlertChannel, answer: Answer, now: datetime) -> bool:
    """Whether the channel is off by now, because of this answer or before."""
    if channel.off_at is not None:
        return True
    if answer.taken:
        channel.failing_since = None
        return False
    if answer.gone:
        _switch_off(channel, "gone", answer, now)
        return True
    if channel.kind is ChannelKind.SMS:
        # All phones share the operator's gateway, so this says nothing about one of them.
        return False
    channel.failing_since = channel.failing_since or now
    if now - channel.failing_since <= OFF_AFTER:
        return False
    _switch_off(channel, "failing", answer, now)
    return True


def _switch_off(channel: AlertChannel, why: AlertChannelOff, answer: Answer, now: datetime) -> None:
    """Send nothing more there, and tell whose channel it is: its person, or the owners."""
    channel.off_at, channel.off_reason = now, why
    outgoing.fail_all(channel, answer.words, now)
    organization = db.session.get_one(Organization, channel.org_id)
    name = stored_name(channel)
    log.warning("alert_channel_off", channel=str(channel.id), kind=channel.kind.value, answer=answer.words)
    audit.record(channel.org_id, ALERTS, "alerts.channel_switched_off", name, reason=why)
    email = AlertChannelSwitchedOff(
        channel=name, why=why, answer=answer.words, at=now, since=channel.failing_since
    )
    source = f"{channel.id}:{now.isoformat()}"
    if channel.kind.is_personal:
        address = db.session.scalar(select(User.email).where(User.id == channel.user_id)) or ""
        notices.personal(channel.org_id, email, to=address, source=source)
    else:
        notices.to_everyone(organization, email, source=source)

"""Messages on their way to chat, phones and webhooks: written once for each channel, claimed one after the other."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.clock import utc_now
from app.extensions import db, enqueue
from app.ids import uuid7
from app.models import AlertChannel, AlertDelivery, AlertDeliveryState, ChannelKind
from app.notify import emails
from app.notify.emails import Email

CLAIMED_FOR = timedelta(seconds=40)
"""How long sending may take before the sender counts as killed: longer than lookup and request together."""

STALE_AFTER = timedelta(minutes=2)
"""How long a due message is left to its own job before the sweep recovers it."""

WAITING = AlertDelivery.state == AlertDeliveryState.WAITING


def task_of(kind: ChannelKind) -> str:
    """The task that sends to such channels. Text messages have one of their own: their gateway is a single one, and
    while it is down nothing else may wait for it."""
    return "send_text_messages" if kind is ChannelKind.SMS else "send_alerts"


def write(channel: AlertChannel, email: Email, *, source: str) -> None:
    """Write a message for a channel, and enqueue its sending. The same `source` is written once."""
    now = utc_now()
    fresh = insert(AlertDelivery).values(
        org_id=channel.org_id,
        id=uuid7(),
        channel_id=channel.id,
        source=source,
        kind=email.kind,
        facts=emails.pack(email),
        created_at=now,
        state=AlertDeliveryState.WAITING,
        attempts=0,
        next_try_at=now,
    )
    written = db.session.scalar(fresh.on_conflict_do_nothing().returning(AlertDelivery.id))
    if written is not None:
        schedule(channel)


def schedule(channel: AlertChannel, *, after: timedelta | None = None) -> None:
    """Enqueue the sending of what waits for a channel."""
    enqueue(task_of(channel.kind), after=after, org_id=str(channel.org_id), channel_id=str(channel.id))


def claim_next(org_id: UUID, channel_id: UUID) -> tuple[AlertChannel, AlertDelivery] | None:
    """Claim the oldest message that waits for a channel, if it's due and no one sends it. In the caller's
    transaction, to be committed before sending. Locks the channel: its messages arrive in their order."""
    now, channel = utc_now(), lock(org_id, channel_id)
    if channel is None:
        return None
    delivery = db.session.scalars(
        select(AlertDelivery)
        .where(AlertDelivery.org_id == org_id, AlertDelivery.channel_id == channel_id, WAITING)
        .order_by(AlertDelivery.id)
        .limit(1)
        .with_for_update(),
        execution_options={"populate_existing": True},
    ).one_or_none()
    if delivery is None or delivery.next_try_at > now or _is_claimed(delivery, now):
        return None
    delivery.attempts += 1
    delivery.sending_until = now + CLAIMED_FOR
    db.session.flush()
    return channel, delivery


def lock(org_id: UUID, channel_id: UUID) -> AlertChannel | None:
    """The channel as it is now, locked until the transaction ends; None if it was removed."""
    query = select(AlertChannel).where(AlertChannel.org_id == org_id, AlertChannel.id == channel_id)
    return db.session.scalars(
        query.with_for_update(), execution_options={"populate_existing": True}
    ).one_or_none()


def give_up(delivery: AlertDelivery, answer: str, now: datetime) -> None:
    """End one message whose channel is locked, without sending it."""
    delivery.state, delivery.ended_at, delivery.answer = AlertDeliveryState.FAILED, now, answer
    delivery.sending_until = None


def fail_all(channel: AlertChannel, answer: str, now: datetime) -> None:
    """End everything that waits for a channel that was switched off."""
    db.session.execute(
        update(AlertDelivery)
        .where(AlertDelivery.org_id == channel.org_id, AlertDelivery.channel_id == channel.id, WAITING)
        .values(state=AlertDeliveryState.FAILED, ended_at=now, answer=answer, sending_until=None)
        .execution_options(synchronize_session=False)
    )


def find_stale() -> list[tuple[UUID, UUID, ChannelKind]]:
    """Organization, id and kind of the channels with a due message that no job has sent."""
    before = utc_now() - STALE_AFTER
    query = (
        select(AlertChannel.org_id, AlertChannel.id, AlertChannel.kind)
        .join(AlertDelivery, AlertDelivery.channel_id == AlertChannel.id)
        .where(AlertDelivery.org_id == AlertChannel.org_id, WAITING, AlertDelivery.next_try_at < before)
        .distinct()
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def newest(limit: int) -> list[tuple[AlertDelivery, AlertChannel]]:
    """The newest messages, with their channels."""
    query = (
        select(AlertDelivery, AlertChannel)
        .join(AlertChannel, AlertChannel.id == AlertDelivery.channel_id)
        .where(AlertChannel.org_id == AlertDelivery.org_id)
        .order_by(AlertDelivery.created_at.desc(), AlertDelivery.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def _is_claimed(delivery: AlertDelivery, now: datetime) -> bool:
    return delivery.sending_until is not None and delivery.sending_until > now

"""Delivering what the platform is told: signed, in the order of each organization, until it is taken.

A message waits for those before it: a receiver never learns that calling goes on before it learned that it paused.
What is not taken within three days is given up, so that it doesn't hold back the rest for ever; it can be replayed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from flask import current_app
from sqlalchemy import and_, select

from app.extensions import db, enqueue
from app.models import DeliveryState, PlatformDelivery, PlatformEndpoint, PlatformMessage
from app.models.columns import utc_now
from app.notify import webhooks

log = structlog.get_logger("billing.platform")

GIVEN_UP_AFTER = timedelta(days=3)
_PAUSES = (1, 2, 4, 8, 15, 30, 60, 120, 300, 600, 1800, 3600)
"""Seconds before the next try; the last one holds until a message is given up."""


def deliver(org_id: UUID) -> None:
    """Deliver all that waits for an organization, to each endpoint until one doesn't take it. Commits.

    Whoever comes while a message is being sent leaves it to the sender, who looks again before it ends.
    """
    for endpoint_id in _endpoints_waiting(org_id):
        while _deliver_next(org_id, endpoint_id):
            pass


def left_over() -> list[UUID]:
    """The organizations with a message that is due, because a killed process left it."""
    query = (
        select(PlatformDelivery.org_id)
        .where(PlatformDelivery.state == DeliveryState.WAITING, PlatformDelivery.next_try_at <= utc_now())
        .distinct()
    )
    return list(db.session.scalars(query))


def failed() -> Sequence[Any]:
    """What was given up, newest first: the delivery, its message and the endpoint's address."""
    return (
        db.session.execute(
            _with_message()
            .where(PlatformDelivery.state == DeliveryState.FAILED)
            .order_by(PlatformDelivery.position.desc())
            .limit(200)
        )
    ).all()


def replay(message_id: UUID) -> int:
    """Let a message be delivered again to every endpoint; how many. Commits."""
    rows = db.session.scalars(select(PlatformDelivery).where(PlatformDelivery.message_id == message_id)).all()
    for delivery in rows:
        delivery.state = DeliveryState.WAITING
        delivery.next_try_at = utc_now()
        delivery.ended_at = None
        delivery.attempts = 0
        enqueue("deliver_to_platform", org_id=str(delivery.org_id))
    db.session.commit()
    return len(rows)


def _endpoints_waiting(org_id: UUID) -> list[UUID]:
    query = (
        select(PlatformDelivery.endpoint_id)
        .where(PlatformDelivery.org_id == org_id, PlatformDelivery.state == DeliveryState.WAITING)
        .distinct()
    )
    found = list(db.session.scalars(query))
    db.session.commit()
    return found


def _deliver_next(org_id: UUID, endpoint_id: UUID) -> bool:
    """Try the first message that waits; False where there is none, or it has to wait, or somebody is at it."""
    first = (
        select(PlatformDelivery.message_id)
        .where(PlatformDelivery.org_id == org_id, PlatformDelivery.endpoint_id == endpoint_id)
        .where(PlatformDelivery.state == DeliveryState.WAITING)
        .order_by(PlatformDelivery.position)
        .limit(1)
    )
    message_id = db.session.scalar(first)
    if message_id is None:
        db.session.commit()
        return False
    row = db.session.execute(
        _with_message()
        .where(PlatformDelivery.org_id == org_id, PlatformDelivery.message_id == message_id)
        .where(PlatformDelivery.endpoint_id == endpoint_id)
        .with_for_update(of=PlatformDelivery, skip_locked=True),
        execution_options={"populate_existing": True},
    ).one_or_none()
    if row is None:
        db.session.commit()
        return False
    delivery, message, endpoint = row
    if delivery.state is not DeliveryState.WAITING:
        db.session.commit()
        return True
    now = utc_now()
    goes_on = delivery.next_try_at <= now and _try(delivery, message, endpoint, now)
    db.session.commit()
    return goes_on


def _try(
    delivery: PlatformDelivery, message: PlatformMessage, endpoint: PlatformEndpoint, now: datetime
) -> bool:
    """Send a message; whether the next one can go."""
    if endpoint.disabled_at is not None:
        answer = webhooks.Answer(False, "The endpoint is switched off.")
    else:
        answer = webhooks.send(
            endpoint.url,
            endpoint.secrets,
            message_id=f"msg_{message.id.hex}",
            type_=message.type,
            data=message.data,
            at=message.happened_at,
            allow_private=not current_app.config["SETTINGS"].is_production,
        )
    delivery.attempts += 1
    delivery.answer = answer.words
    if answer.taken:
        delivery.state, delivery.ended_at = DeliveryState.DELIVERED, now
        return True
    if now - message.created_at > GIVEN_UP_AFTER or endpoint.disabled_at is not None:
        delivery.state, delivery.ended_at = DeliveryState.FAILED, now
        log.error(
            "platform_message_given_up", message=str(message.id), type=message.type, answer=answer.words
        )
        return True
    pause = timedelta(seconds=_PAUSES[min(delivery.attempts, len(_PAUSES)) - 1])
    delivery.next_try_at = now + pause
    enqueue("deliver_to_platform", after=pause, org_id=str(delivery.org_id))
    log.warning("platform_message_not_taken", message=str(message.id), type=message.type, answer=answer.words)
    return False


def _with_message() -> Any:
    return (
        select(PlatformDelivery, PlatformMessage, PlatformEndpoint)
        .join(
            PlatformMessage,
            and_(
                PlatformMessage.org_id == PlatformDelivery.org_id,
                PlatformMessage.id == PlatformDelivery.message_id,
            ),
        )
        .join(PlatformEndpoint, PlatformEndpoint.id == PlatformDelivery.endpoint_id)
    )

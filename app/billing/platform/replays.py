"""Replays of failed messages by operators."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.billing.platform import messages
from app.clock import utc_now
from app.extensions import db, enqueue
from app.models import DeliveryState, PlatformDelivery, PlatformEndpoint


@dataclass(frozen=True, slots=True)
class Replayed:
    """To how many endpoints a message is sent again, and how many already have a newer state."""

    queued: int
    outdated: int
    switched_off: int


def replay(message_id: UUID) -> Replayed:
    """Deliver a message again to every endpoint. In the caller's transaction; locks its deliveries.

    A state is not sent again after a newer one of the same organization: the platform would take it as current.
    """
    query = select(PlatformDelivery).where(PlatformDelivery.message_id == message_id)
    queued = outdated = off = 0
    for delivery in db.session.scalars(query.with_for_update()).all():
        if _is_outdated(delivery):
            outdated += 1
        elif db.session.get_one(PlatformEndpoint, delivery.endpoint_id).disabled_at is not None:
            off += 1
        else:
            queued += 1
            _again(delivery)
    db.session.flush()
    return Replayed(queued, outdated, off)


def all_failed() -> list[UUID]:
    """The messages that failed at any endpoint, in order."""
    query = (
        select(PlatformDelivery.message_id, PlatformDelivery.position)
        .where(PlatformDelivery.state == DeliveryState.FAILED)
        .distinct()
        .order_by(PlatformDelivery.position)
    )
    return [row[0] for row in db.session.execute(query)]


def _again(delivery: PlatformDelivery) -> None:
    delivery.state, delivery.attempts, delivery.refused = DeliveryState.WAITING, 0, False
    delivery.next_try_at = utc_now()
    delivery.ended_at = delivery.sending_until = None
    task = messages.task_of(delivery.is_state)
    enqueue(task, org_id=str(delivery.org_id), endpoint_id=str(delivery.endpoint_id))


def _is_outdated(delivery: PlatformDelivery) -> bool:
    newer = select(PlatformDelivery.message_id).where(
        PlatformDelivery.org_id == delivery.org_id,
        PlatformDelivery.endpoint_id == delivery.endpoint_id,
        PlatformDelivery.is_state,
        PlatformDelivery.position > delivery.position,
    )
    return delivery.is_state and db.session.scalar(newer.limit(1)) is not None

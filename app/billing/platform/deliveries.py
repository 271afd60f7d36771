"""Delivers messages to the platform: signed, in order per organization, until they are accepted.

A message waits for earlier ones of its line (`app.billing.platform.queue`). While a receiver is down, messages are
retried with growing delays for three days. A message that it rejects (4xx) fails, so that later messages are
delivered: `flask platform failed` lists it, and it can be replayed. A rejected state is retried for as long as it is
the newest.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select

from app import metrics, notify
from app.billing.platform import messages, queue
from app.billing.platform.slots import slot
from app.clock import utc_now
from app.extensions import db, enqueue
from app.models import DeliveryState, PlatformDelivery, PlatformEndpoint, PlatformMessage
from app.notify import webhooks
from app.notify.webhooks import Answer
from app.transaction import end_reading, transaction

log = structlog.get_logger("billing.platform")

FAILED_AFTER = timedelta(days=3)
_PAUSES = (1, 2, 4, 8, 15, 30, 60, 120, 300, 600, 1800, 3600)
"""Seconds before the next attempt; the last one applies until a message fails."""

_STATE_PAUSE = 60
"""The most seconds between attempts for a state: how long the platform may miss it once it accepts messages again."""

DRAIN_SECONDS = 60
"""How long one job delivers to an endpoint. The rest is left to another job, so that no backlog occupies a slot
forever."""


def drain(endpoint_id: UUID, *, is_state: bool) -> None:
    """Deliver what is due at an endpoint, for any organization. Commits.

    If all of the endpoint's slots are in use, it is left to their jobs, which check again before they end.
    """
    end = time.monotonic() + DRAIN_SECONDS
    while True:
        with slot(endpoint_id, is_state=is_state) as mine:
            if not mine:
                return
            while time.monotonic() < end and _deliver_next(endpoint_id, is_state=is_state):
                pass
        is_due = queue.is_due(endpoint_id, is_state=is_state)
        end_reading()
        if not is_due:
            return
        if time.monotonic() > end:
            enqueue_due()
            return


def deliver(org_id: UUID) -> None:
    """Deliver what is due for one organization, to every endpoint; its state first. Commits."""
    query = (
        select(PlatformDelivery.endpoint_id, PlatformDelivery.is_state)
        .where(PlatformDelivery.org_id == org_id, PlatformDelivery.state == DeliveryState.WAITING)
        .distinct()
        .order_by(PlatformDelivery.is_state.desc())
    )
    lines = db.session.execute(query).all()
    end_reading()
    for endpoint_id, is_state in lines:
        while _deliver_next(endpoint_id, is_state=is_state, org_id=org_id):
            pass


def find_stale() -> list[UUID]:
    """The organizations with a message that could be sent now."""
    query = (
        select(PlatformDelivery.org_id)
        .where(PlatformDelivery.state == DeliveryState.WAITING, PlatformDelivery.next_try_at <= utc_now())
        .distinct()
    )
    return list(db.session.scalars(query))


def enqueue_due() -> None:
    """Enqueue a job for each endpoint with due messages. Commits."""
    with transaction():
        for endpoint_id, org_id, is_state in queue.list_sendable():
            enqueue(messages.task_of(is_state), org_id=str(org_id), endpoint_id=str(endpoint_id))


def failed() -> Sequence[Any]:
    """Failed deliveries, newest first, with their message and endpoint."""
    return (
        db.session.execute(
            queue.with_message()
            .where(PlatformDelivery.state == DeliveryState.FAILED)
            .order_by(PlatformDelivery.position.desc())
            .limit(200)
        )
    ).all()


def get_health() -> dict[str, Any]:
    """For monitoring: how many messages failed, and since when the oldest one has been waiting."""
    count = select(func.count()).where(PlatformDelivery.state == DeliveryState.FAILED)
    oldest = (
        select(PlatformMessage.created_at)
        .join(PlatformDelivery, PlatformDelivery.message_id == PlatformMessage.id)
        .where(
            PlatformDelivery.org_id == PlatformMessage.org_id, PlatformDelivery.state == DeliveryState.WAITING
        )
        .order_by(PlatformMessage.created_at)
        .limit(1)
    )
    since = db.session.scalar(oldest)
    waited = 0 if since is None else int((utc_now() - since).total_seconds())
    return {"failed": db.session.scalar(count), "oldest_waiting_seconds": max(0, waited)}


def _deliver_next(endpoint_id: UUID, *, is_state: bool, org_id: UUID | None = None) -> bool:
    """Send the next due message; False if none is due."""
    with transaction():
        claimed = queue.claim_next(endpoint_id, is_state=is_state, org_id=org_id)
    if claimed is None:
        return False
    delivery, message, endpoint = claimed
    answer = _answer_of(message, endpoint)
    with transaction():
        _note(delivery, message, endpoint, answer)
    return True


def _answer_of(message: PlatformMessage, endpoint: PlatformEndpoint) -> Answer:
    if endpoint.disabled_at is not None:
        return Answer(False, "The endpoint is disabled.")
    allowed = notify.allowed_addresses()
    return webhooks.send(
        endpoint.url,
        endpoint.secrets,
        message_id=f"msg_{message.id.hex}",
        type_=message.type,
        data=message.data,
        at=message.happened_at,
        allow_private=allowed.private,
        ports=allowed.ports,
    )


def _note(
    claimed: PlatformDelivery, message: PlatformMessage, endpoint: PlatformEndpoint, answer: Answer
) -> None:
    """Record the result of sending, unless another process has sent it meanwhile."""
    key, tries, now = (claimed.org_id, claimed.message_id, claimed.endpoint_id), claimed.attempts, utc_now()
    delivery = db.session.get_one(PlatformDelivery, key, with_for_update=True, populate_existing=True)
    if delivery.state is not DeliveryState.WAITING and not answer.taken:
        return
    delivery.answer, delivery.refused = answer.words, answer.refused
    if answer.taken:
        delivery.state, delivery.ended_at = DeliveryState.DELIVERED, now
        if message.type == messages.CALLING_RESUMED:
            metrics.RESUME_TOLD_SECONDS.observe(max(0.0, (now - message.happened_at).total_seconds()))
        return
    if answer.gone and endpoint.disabled_at is None:
        # "Sender should disable the webhook endpoint, and stop sending it messages": Standard Webhooks on 410.
        endpoint.disabled_at = now
        log.error("platform_endpoint_gone", endpoint=str(endpoint.id), url=endpoint.url)
    if _is_final(delivery, message, endpoint, answer, now):
        delivery.state, delivery.ended_at = DeliveryState.FAILED, now
        log.error("platform_message_failed", message=str(message.id), type=message.type, answer=answer.words)
    elif delivery.attempts == tries:
        _try_later(delivery, answer, now)
        log.warning(
            "platform_message_not_taken", message=str(message.id), type=message.type, answer=answer.words
        )


def _is_final(
    delivery: PlatformDelivery,
    message: PlatformMessage,
    endpoint: PlatformEndpoint,
    answer: Answer,
    now: datetime,
) -> bool:
    if endpoint.disabled_at is not None or now - message.created_at > FAILED_AFTER:
        return True
    # The newest state keeps being retried: a receiver that is being deployed must not miss it.
    return answer.refused and not delivery.is_state


def _try_later(delivery: PlatformDelivery, answer: Answer, now: datetime) -> None:
    seconds = _PAUSES[min(delivery.attempts, len(_PAUSES)) - 1]
    seconds = max(seconds, min(answer.retry_after or 0, _PAUSES[-1]))
    if delivery.is_state:
        seconds = min(seconds, _STATE_PAUSE)
    pause = timedelta(seconds=seconds)
    delivery.next_try_at, delivery.sending_until = now + pause, None
    task = messages.task_of(delivery.is_state)
    enqueue(task, after=pause, org_id=str(delivery.org_id), endpoint_id=str(delivery.endpoint_id))

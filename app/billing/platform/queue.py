"""Finds and claims the next message for an endpoint.

Each of an organization's messages waits for earlier ones, in two independent lines: states (calling paused or
resumed), and all others. A state that was sent and not accepted is superseded by a newer one, so that only the newest
is retried; it is never sent after a newer one that was delivered.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, exists, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from app.clock import utc_now
from app.extensions import db
from app.models import DeliveryState, PlatformDelivery, PlatformEndpoint, PlatformMessage

CLAIMED_FOR = timedelta(seconds=30)
"""How long sending may take before the sender counts as killed: longer than the lookup and the request together."""

_Other = aliased(PlatformDelivery)
_WAITING = PlatformDelivery.state == DeliveryState.WAITING


def claim_next(endpoint_id: UUID, *, is_state: bool, org_id: UUID | None = None) -> Any:
    """Claim the next due delivery, of one organization or any; with its message and endpoint. None if none is due.

    In the caller's transaction, to be committed before sending.
    """
    if is_state:
        _supersede(endpoint_id)
    mine = [PlatformDelivery.endpoint_id == endpoint_id, PlatformDelivery.is_state.is_(is_state)]
    if org_id is not None:
        mine.append(PlatformDelivery.org_id == org_id)
    found = db.session.execute(
        with_message()
        .where(_WAITING, *mine, PlatformDelivery.next_try_at <= utc_now(), _is_unclaimed(), ~_has_earlier())
        .order_by(PlatformDelivery.next_try_at, PlatformDelivery.position)
        .limit(1)
        .with_for_update(of=PlatformDelivery, skip_locked=True),
        execution_options={"populate_existing": True},
    ).one_or_none()
    if found is not None:
        found[0].attempts += 1
        found[0].sending_until = utc_now() + CLAIMED_FOR
        db.session.flush()
    return found


def list_sendable() -> list[tuple[UUID, UUID, bool]]:
    """Endpoint, organization and line of messages that could be sent now, at most one per line."""
    query = (
        select(PlatformDelivery.endpoint_id, PlatformDelivery.org_id, PlatformDelivery.is_state)
        .ext(distinct_on(PlatformDelivery.endpoint_id, PlatformDelivery.is_state))
        .where(_WAITING, PlatformDelivery.next_try_at <= utc_now(), _is_unclaimed())
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def is_due(endpoint_id: UUID, *, is_state: bool) -> bool:
    """Whether `claim_next` would find a delivery."""
    query = select(
        exists().where(
            _WAITING,
            PlatformDelivery.endpoint_id == endpoint_id,
            PlatformDelivery.is_state.is_(is_state),
            PlatformDelivery.next_try_at <= utc_now(),
            _is_unclaimed(),
            ~_has_earlier(),
        )
    )
    return bool(db.session.scalar(query))


def with_message() -> Any:
    """Deliveries with their message and endpoint."""
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


def _supersede(endpoint_id: UUID) -> None:
    """Supersede states that were sent and not accepted if a newer one waits. A rejected one stays failed."""
    newer = exists().where(
        _Other.org_id == PlatformDelivery.org_id,
        _Other.endpoint_id == endpoint_id,
        _Other.is_state,
        _Other.state == DeliveryState.WAITING,
        _Other.position > PlatformDelivery.position,
    )
    ended = (
        update(PlatformDelivery)
        .where(
            _WAITING,
            PlatformDelivery.endpoint_id == endpoint_id,
            PlatformDelivery.is_state,
            PlatformDelivery.attempts > 0,
            _is_unclaimed(),
            newer,
        )
        .values(
            state=case(
                (PlatformDelivery.refused, DeliveryState.FAILED.value), else_=DeliveryState.SUPERSEDED.value
            ),
            ended_at=utc_now(),
        )
        .execution_options(synchronize_session=False)
    )
    db.session.execute(ended)


def _is_unclaimed() -> Any:
    return or_(PlatformDelivery.sending_until.is_(None), PlatformDelivery.sending_until <= utc_now())


def _has_earlier() -> Any:
    """Whether an earlier message of the same organization and line is still waiting."""
    return exists().where(
        _Other.org_id == PlatformDelivery.org_id,
        _Other.endpoint_id == PlatformDelivery.endpoint_id,
        _Other.is_state == PlatformDelivery.is_state,
        _Other.state == DeliveryState.WAITING,
        _Other.position < PlatformDelivery.position,
    )

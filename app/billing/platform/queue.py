"""Which message goes to an endpoint next, and claiming it.

Of an organization's messages each waits for those before it, in two lines that don't wait for one another: those
about a state (calling pauses, calling resumes), and all others. A state that was tried and not taken gives way to a
newer one, so that the newest is the one that is tried; it never follows a newer one that was delivered.
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
"""How long sending may take before the sender is taken for gone: longer than the lookup and the request together."""

_Other = aliased(PlatformDelivery)
_WAITING = PlatformDelivery.state == DeliveryState.WAITING


def claim_next(endpoint_id: UUID, *, is_state: bool, org_id: UUID | None = None) -> Any:
    """Claim the delivery that is due, of one organization or any; with its message and endpoint. None: none is due.

    In the caller's transaction, which is committed before it is sent.
    """
    if is_state:
        _supersede(endpoint_id)
    mine = [PlatformDelivery.endpoint_id == endpoint_id, PlatformDelivery.is_state.is_(is_state)]
    if org_id is not None:
        mine.append(PlatformDelivery.org_id == org_id)
    found = db.session.execute(
        with_message()
        .where(
            _WAITING, *mine, PlatformDelivery.next_try_at <= utc_now(), _no_one_is_at_it(), ~_has_earlier()
        )
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
    """Endpoint, an organization and line of what could be sent now, left by any process. At most one for each
    line."""
    query = (
        select(PlatformDelivery.endpoint_id, PlatformDelivery.org_id, PlatformDelivery.is_state)
        .ext(distinct_on(PlatformDelivery.endpoint_id, PlatformDelivery.is_state))
        .where(_WAITING, PlatformDelivery.next_try_at <= utc_now(), _no_one_is_at_it())
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def is_due(endpoint_id: UUID, *, is_state: bool) -> bool:
    """Whether there is something that `claim_next` would take."""
    query = select(
        exists().where(
            _WAITING,
            PlatformDelivery.endpoint_id == endpoint_id,
            PlatformDelivery.is_state.is_(is_state),
            PlatformDelivery.next_try_at <= utc_now(),
            _no_one_is_at_it(),
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
    """End the states that were tried and not taken where a newer one waits. One that was refused stays a failure."""
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
            _no_one_is_at_it(),
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


def _no_one_is_at_it() -> Any:
    return or_(PlatformDelivery.sending_until.is_(None), PlatformDelivery.sending_until <= utc_now())


def _has_earlier() -> Any:
    """Whether an earlier message of the same organization and line still waits."""
    return exists().where(
        _Other.org_id == PlatformDelivery.org_id,
        _Other.endpoint_id == PlatformDelivery.endpoint_id,
        _Other.is_state == PlatformDelivery.is_state,
        _Other.state == DeliveryState.WAITING,
        _Other.position < PlatformDelivery.position,
    )

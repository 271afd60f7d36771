"""Events for operators: listed, replayed, and deleted when old."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, func, select

from app.clock import utc_now
from app.extensions import db, enqueue
from app.models import EventState, StripeEvent
from app.transaction import transaction

NEEDS_ATTENTION = (EventState.FAILED, EventState.REFUSED)
"""Outcomes that need an operator's attention."""

KEPT_FOR = timedelta(days=90)
"""How long handled events are kept: far longer than the 30 days within which Stripe can resend one
(https://docs.stripe.com/api/events), so that none is handled twice."""

_BATCH = 5_000


class UnknownEventError(LookupError):
    """No event with this id was ever stored, or it was deleted since."""


def newest(*, states: Sequence[EventState] = (), limit: int = 50) -> list[StripeEvent]:
    """The newest events, in some states or all."""
    query = select(StripeEvent).order_by(StripeEvent.received_at.desc(), StripeEvent.id.desc()).limit(limit)
    if states:
        query = query.where(StripeEvent.state.in_(states))
    return list(db.session.scalars(query))


def find(event_id: str) -> StripeEvent | None:
    """An event by its id."""
    return db.session.get(StripeEvent, event_id)


def replay(event_id: str) -> StripeEvent:
    """Handle an event again, whatever its outcome: its object is fetched again, so nothing is done twice.

    Raises `UnknownEventError`.
    """
    event = db.session.get(StripeEvent, event_id, with_for_update=True, populate_existing=True)
    if event is None:
        raise UnknownEventError(event_id)
    event.state, event.attempts, event.next_try_at = EventState.RECEIVED, 0, utc_now()
    event.handled_at = event.note = None
    enqueue("handle_stripe_event", event_id=event.id)
    db.session.flush()
    return event


def list_failed() -> list[str]:
    """The ids of failed events, oldest first. A refused one is looked at first, and replayed by its id."""
    query = select(StripeEvent.id).where(StripeEvent.state == EventState.FAILED)
    return list(db.session.scalars(query.order_by(StripeEvent.created_at)))


def counts() -> dict[EventState, int]:
    """How many events need attention, by state."""
    query = (
        select(StripeEvent.state, func.count())
        .where(StripeEvent.state.in_(NEEDS_ATTENTION))
        .group_by(StripeEvent.state)
    )
    found = dict.fromkeys(NEEDS_ATTENTION, 0)
    for state, count in db.session.execute(query):
        found[state] = count
    return found


def delete_old() -> int:
    """Delete events that were handled long ago; returns how many. Commits in batches."""
    old = (
        select(StripeEvent.id)
        .where(
            StripeEvent.state.in_((EventState.HANDLED, EventState.IGNORED)),
            StripeEvent.received_at < utc_now() - KEPT_FOR,
        )
        .limit(_BATCH)
    )
    removed = 0
    while True:
        with transaction():
            gone = db.session.execute(
                delete(StripeEvent).where(StripeEvent.id.in_(old)).returning(StripeEvent.id)
            )
            count = len(gone.all())
        removed += count
        if count < _BATCH:
            return removed

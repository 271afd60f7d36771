"""Stores Stripe's events: one row per event, and a job for those used here."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.dialects.postgresql import insert

from app.clock import utc_now
from app.extensions import db, enqueue
from app.models import EventState, StripeEvent
from app.payments.events import Notice
from app.stripe_events.handling import why_unused


def store(notice: Notice, *, handled_after: timedelta | None = None) -> bool:
    """Store an event unless it is known; returns whether it was new. In the caller's transaction, together with its
    job.

    Events that aren't used here are stored too, to show that they arrived. `handled_after` is for a caller that
    handles the event itself: the job runs at that time, in case the caller was killed.
    """
    unused = why_unused(notice.type, livemode=notice.livemode)
    now = utc_now()
    fresh = insert(StripeEvent).values(
        id=notice.id,
        type=notice.type,
        object_id=notice.object_id,
        api_version=notice.api_version,
        livemode=notice.livemode,
        created_at=notice.created_at,
        received_at=now,
        state=EventState.IGNORED if unused else EventState.RECEIVED,
        handled_at=now if unused else None,
        next_try_at=None if unused else now,
        note=unused,
    )
    stored = db.session.execute(fresh.on_conflict_do_nothing().returning(StripeEvent.id)).scalar()
    if stored is not None and not unused:
        whose = {"customer": notice.customer_id} if notice.customer_id else {}
        enqueue("handle_stripe_event", after=handled_after, event_id=notice.id, **whose)
    return stored is not None

"""Keeping what Stripe tells: one row per event, and a job for what is used here."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.dialects.postgresql import insert

from app.clock import utc_now
from app.extensions import db, enqueue
from app.models import EventState, StripeEvent
from app.payments.events import Notice
from app.stripe_events.handling import why_unused


def keep(notice: Notice, *, handled_after: timedelta | None = None) -> bool:
    """Store an event unless it is known; whether it was new. In the caller's transaction, as is the job that it gets.

    What is of no use here is stored too, so that it can be seen that it came. `handled_after` is for a caller that
    handles it itself: the job comes then, in case that the caller was killed.
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

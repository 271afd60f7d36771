"""Handling a stored event: by its type, once, with the object fetched anew, so that order does not matter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlalchemy import select

from app.billing.settlement import PaymentMismatchError
from app.extensions import db
from app.models import EventState, StripeEvent
from app.models.columns import utc_now
from app.webhooks import handlers

log = structlog.get_logger("billing.webhooks")

LEFT_ALONE_FOR = timedelta(minutes=2)
"""How old an unhandled event must be before the sweep takes it up: until then its own job is at it."""

HANDLERS: dict[str, Callable[[str], bool]] = {
    "payment_intent.succeeded": handlers.payment_intent,
    "payment_intent.processing": handlers.payment_intent,
    "payment_intent.payment_failed": handlers.payment_intent,
    "payment_intent.requires_action": handlers.payment_intent,
    "payment_intent.canceled": handlers.payment_intent,
    "setup_intent.succeeded": handlers.setup_intent,
    "payment_method.attached": handlers.payment_method,
    "payment_method.updated": handlers.payment_method,
    "payment_method.automatically_updated": handlers.payment_method,
    "payment_method.detached": handlers.payment_method_detached,
    "invoice.payment_failed": handlers.invoice_payment_failed,
    "refund.created": handlers.refund,
    "refund.updated": handlers.refund,
    "refund.failed": handlers.refund,
    "charge.dispute.created": handlers.dispute,
    "charge.dispute.updated": handlers.dispute,
    "charge.dispute.funds_withdrawn": handlers.dispute,
    "charge.dispute.funds_reinstated": handlers.dispute,
    "charge.dispute.closed": handlers.dispute,
}


def handle(event_id: str) -> EventState:
    """Handle an event unless that was done; commits. What a handler raises leaves it to be tried again."""
    event = db.session.get(StripeEvent, event_id, populate_existing=True)
    if event is None or event.state is not EventState.RECEIVED:
        return event.state if event else EventState.IGNORED
    handler = HANDLERS.get(event.type)
    try:
        used = handler is not None and event.object_id is not None and handler(event.object_id)
        state, note = (EventState.HANDLED, None) if used else (EventState.IGNORED, None)
    except PaymentMismatchError as error:
        db.session.rollback()
        state, note = EventState.REFUSED, str(error)
        log.error("event_refused", event_id=event_id, reason=str(error))
    event = db.session.get_one(StripeEvent, event_id)
    event.state, event.note, event.handled_at = state, note, utc_now()
    db.session.commit()
    return state


def left_over() -> list[str]:
    """Events that were stored some time ago and never handled, oldest first."""
    query = (
        select(StripeEvent.id)
        .where(StripeEvent.state == EventState.RECEIVED, StripeEvent.received_at < utc_now() - LEFT_ALONE_FOR)
        .order_by(StripeEvent.received_at)
        .limit(500)
    )
    return list(db.session.scalars(query))

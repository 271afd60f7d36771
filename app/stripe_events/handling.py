"""Handling a stored event: by its type, once, with the object fetched again, so that order does not matter.

A failed attempt is retried with growing delays for about three days, as long as Stripe itself keeps delivering
(https://docs.stripe.com/webhooks#retries). After that, an operator has to replay the event (`flask webhooks`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog
from flask import current_app
from sqlalchemy import select, update

from app.billing.customers import adoption
from app.billing.topups import PaymentMismatchError
from app.clock import utc_now
from app.database.conditions import AGAIN_AFTER, condition_of
from app.extensions import db, enqueue
from app.models import EventState, StripeEvent
from app.money import CurrencyMismatchError
from app.payments.errors import RefusedError
from app.stripe_events import handlers
from app.transaction import transaction

log = structlog.get_logger("billing.webhooks")

_SECONDS = (10, 30, 60, 120, 300, 600, 1800, 3600, 7200)
_AT_LAST = 4 * 3600
MAX_ATTEMPTS = 26
"""With the delays of `wait_after`, an event fails for good after three days."""

CLAIMED_FOR = timedelta(seconds=45)
"""How long an attempt is claimed. If it takes longer, a second process may make it at the same time, which changes
nothing twice; a killed one is repeated within a minute."""

STALE_AFTER = timedelta(minutes=1)
"""How long a due event is left to its own job before the sweep recovers it."""

_MISSING = "resource_missing"

HANDLERS: dict[str, Callable[[str], bool]] = {
    "payment_intent.succeeded": handlers.payment_intent,
    "payment_intent.processing": handlers.payment_intent,
    "payment_intent.payment_failed": handlers.payment_intent,
    "payment_intent.requires_action": handlers.payment_intent,
    "payment_intent.canceled": handlers.payment_intent,
    "setup_intent.succeeded": handlers.setup_intent,
    "setup_intent.setup_failed": handlers.setup_intent,
    "payment_method.attached": handlers.payment_method,
    "payment_method.updated": handlers.payment_method,
    "payment_method.automatically_updated": handlers.payment_method,
    "payment_method.detached": handlers.payment_method_detached,
    "customer.updated": handlers.customer,
    "customer.deleted": handlers.customer,
    **dict.fromkeys(
        (
            "customer.subscription.created",
            "customer.subscription.updated",
            "customer.subscription.deleted",
            "customer.subscription.paused",
            "customer.subscription.resumed",
            "customer.subscription.pending_update_applied",
            "customer.subscription.pending_update_expired",
        ),
        handlers.subscription,
    ),
    **dict.fromkeys(
        (
            "subscription_schedule.updated",
            "subscription_schedule.released",
            "subscription_schedule.completed",
            "subscription_schedule.canceled",
            "subscription_schedule.aborted",
        ),
        handlers.schedule,
    ),
    "invoice.finalized": handlers.invoice,
    "invoice.paid": handlers.invoice,
    "invoice.payment_failed": handlers.invoice_payment_failed,
    "invoice.payment_action_required": handlers.invoice,
    "invoice.voided": handlers.invoice,
    "invoice.marked_uncollectible": handlers.invoice,
    "refund.created": handlers.refund,
    "refund.updated": handlers.refund,
    "refund.failed": handlers.refund,
    "charge.dispute.created": handlers.dispute,
    "charge.dispute.updated": handlers.dispute,
    "charge.dispute.funds_withdrawn": handlers.dispute,
    "charge.dispute.funds_reinstated": handlers.dispute,
    "charge.dispute.closed": handlers.dispute,
    "radar.early_fraud_warning.created": handlers.fraud_warning,
    "radar.early_fraud_warning.updated": handlers.fraud_warning,
}


class _KilledError(Exception):
    """The process was killed during the last attempt."""


def handle(event_id: str, *, left_by_killed: bool = False, customer: str | None = None) -> EventState | None:
    """Handle an event if it is due; None if it is not, or another process is handling it. Commits.

    `left_by_killed`: the same job runs again because its worker was killed, so no one else is handling the event.
    `customer` is the event's, for the place of the next attempt in the queue. If a handler raises, the event is
    retried later.
    """
    with transaction():
        event = _claim(event_id, even_if_claimed=left_by_killed)
    if event is None:
        return None
    try:
        state, note = _do(event)
    except (PaymentMismatchError, CurrencyMismatchError) as error:
        db.session.rollback()
        state, note = EventState.REFUSED, str(error)
        log.error("event_refused", event_id=event_id, type=event.type, reason=note)
    except Exception as error:
        db.session.rollback()
        with transaction():
            return _try_later(event, error, customer)
    with transaction():
        _end(event_id, state, note)
    return state


def find_stale() -> list[str]:
    """Due events whose own job has not handled them, oldest first."""
    query = (
        select(StripeEvent.id)
        .where(StripeEvent.state == EventState.RECEIVED, StripeEvent.next_try_at < utc_now() - STALE_AFTER)
        .order_by(StripeEvent.next_try_at)
        .limit(500)
    )
    return list(db.session.scalars(query))


def why_unused(type_: str, *, livemode: bool | None) -> str | None:
    """Why an event is ignored, as text; None if it is handled. `livemode` is None for events stored before it was
    recorded."""
    ours = current_app.config["SETTINGS"].stripe_is_live
    if livemode is not None and livemode is not ours:
        mode, key = ("live", "test") if livemode else ("test", "live")
        return f"Of Stripe's {mode} mode, but STRIPE_SECRET_KEY is a {key} key."
    return None if type_ in HANDLERS else "This event type isn't used here."


def wait_after(attempts: int) -> timedelta:
    """How long to wait after a number of attempts: 10 seconds, 30, a minute, two, and so on, up to four hours."""
    return timedelta(seconds=_SECONDS[attempts - 1] if attempts <= len(_SECONDS) else _AT_LAST)


def _claim(event_id: str, *, even_if_claimed: bool) -> StripeEvent | None:
    now = utc_now()
    claim = (
        update(StripeEvent)
        .where(StripeEvent.id == event_id, StripeEvent.state == EventState.RECEIVED)
        .values(attempts=StripeEvent.attempts + 1, next_try_at=now + CLAIMED_FOR)
        .returning(StripeEvent)
    )
    if not even_if_claimed:
        claim = claim.where(StripeEvent.next_try_at <= now)
    return db.session.scalars(claim, execution_options={"populate_existing": True}).one_or_none()


def _do(event: StripeEvent) -> tuple[EventState, str | None]:
    if event.attempts > MAX_ATTEMPTS:
        raise _KilledError(_KilledError.__doc__)
    unused = why_unused(event.type, livemode=event.livemode)
    if unused or event.object_id is None:
        return EventState.IGNORED, unused or "It names no object."
    try:
        used = _handle(event.type, event.object_id)
    except RefusedError as error:
        if error.code != _MISSING:
            raise
        db.session.rollback()
        return (
            EventState.IGNORED,
            f"Stripe no longer has {event.object_id}, so there is nothing to do.",
        )
    return (EventState.HANDLED, None) if used else (EventState.IGNORED, "Concerns nothing of ours.")


def _handle(type_: str, object_id: str) -> bool:
    """Call the handler, once more if it was about a customer that hadn't been recorded as its organization's."""
    try:
        return HANDLERS[type_](object_id)
    except handlers.UnknownCustomerError as unknown:
        db.session.rollback()
        if not adoption.adopt(unknown.customer_id):
            return False
    return HANDLERS[type_](object_id)


def _try_later(event: StripeEvent, error: Exception, customer: str | None) -> EventState:
    """Schedule the next attempt, or mark the event as failed after the last one. One that failed because the database
    couldn't do it is no attempt."""
    reason = f"{type(error).__name__}: {error}".splitlines()[0][:500]
    condition = condition_of(error)
    if condition is None and event.attempts >= MAX_ATTEMPTS:
        log.error("event_failed", event_id=event.id, type=event.type, reason=reason, exc_info=error)
        _end(event.id, EventState.FAILED, reason)
        return EventState.FAILED
    wait = wait_after(event.attempts) if condition is None else AGAIN_AFTER
    log.warning(
        "event_waits",
        event_id=event.id,
        type=event.type,
        attempts=event.attempts,
        condition=condition,
        reason=reason,
        wait=str(wait),
    )
    again = (
        update(StripeEvent)
        .where(StripeEvent.id == event.id, StripeEvent.state == EventState.RECEIVED)
        .values(
            next_try_at=utc_now() + wait,
            note=reason,
            attempts=StripeEvent.attempts - (0 if condition is None else 1),
        )
    )
    db.session.execute(again)
    whose = {"customer": customer} if customer else {}
    enqueue("handle_stripe_event", after=wait, event_id=event.id, **whose)
    return EventState.RECEIVED


def _end(event_id: str, state: EventState, note: str | None) -> None:
    """Record the outcome of an event together with the handler's changes, unless another process already did."""
    ended = (
        update(StripeEvent)
        .where(StripeEvent.id == event_id, StripeEvent.state == EventState.RECEIVED)
        .values(state=state, note=note, handled_at=utc_now(), next_try_at=None)
    )
    db.session.execute(ended)

"""Recovers payments with an unknown outcome, after a killed process, a lost response, or a closed browser."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog

from app.billing import audit
from app.billing.cards import payment_methods
from app.billing.purchases import RESEND_WITHIN
from app.billing.topups import automatic_attempts, queries, requests, settlement
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, PaymentMethod, TopUp, TopUpStatus
from app.payments import charging, declines, intents
from app.payments.errors import DeclinedError, PaymentsError, RefusedError
from app.payments.intents import Payment

log = structlog.get_logger("billing.recovery")

ABANDONED_AFTER = timedelta(hours=24)
"""When a payment that is still waiting for the bank's confirmation is canceled."""

_OPEN = (TopUpStatus.PAYING, TopUpStatus.ACTION)


class _NotChargedError(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def recover(org_id: UUID, top_up_id: UUID) -> bool:
    """Find out the outcome of a payment and settle it; True if nothing is left to do.

    Commits. If Stripe is unavailable, the sweep retries.
    """
    top_up = queries.find(org_id, top_up_id)
    if top_up.status not in _OPEN:
        return True
    organization = db.session.get_one(Organization, org_id)
    try:
        payment = _payment_of(organization, top_up)
    except _NotChargedError as error:
        with queries.locked(org_id, top_up_id) as (wallet, top_up):
            settlement.refuse(wallet, top_up, error.code)
    except PaymentsError as error:
        log.warning("top_up_not_known_yet", top_up=str(top_up_id), reason=str(error))
        return False
    else:
        with queries.locked(org_id, top_up_id) as (wallet, top_up):
            settlement.apply(wallet, top_up, payment, audit.STRIPE)
    log.info("top_up_recovered", top_up=str(top_up_id), status=top_up.status.value)
    return top_up.status not in _OPEN


def find_stale() -> list[tuple[UUID, UUID]]:
    """Organization and top-up of every payment that has been open for longer than its own job needs."""
    return queries.find_stale(_OPEN)


def _payment_of(organization: Organization, top_up: TopUp) -> Payment:
    """The payment of the top-up as Stripe has it now. Raises `_NotChargedError` if there is none and never will
    be."""
    if top_up.payment_intent_id is not None:
        payment = intents.fetch(top_up.payment_intent_id)
        if payment.requires_action and _is_older(top_up, ABANDONED_AFTER):
            return intents.cancel(payment.id)
        return payment
    customer_id = payment_methods.customer_of(organization, email=None)
    found = intents.find_for_top_up(top_up.id, customer_id=customer_id, since=top_up.created_at)
    if found is not None:
        return found
    card = db.session.get_one(PaymentMethod, (top_up.org_id, top_up.payment_method_id))
    is_too_late = card.removed_at is not None or _is_older(top_up, RESEND_WITHIN)
    if is_too_late or not automatic_attempts.is_agreed(top_up):
        raise _NotChargedError("not_charged")
    try:
        return charging.charge(requests.charge_request(organization, top_up, card, customer_id))
    except DeclinedError as error:
        raise _NotChargedError(error.code) from error
    except RefusedError as error:
        raise _NotChargedError(declines.code_for_refusal(error.code)) from error


def _is_older(top_up: TopUp, age: timedelta) -> bool:
    return utc_now() - (top_up.claimed_at or top_up.created_at) > age

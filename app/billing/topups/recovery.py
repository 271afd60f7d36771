"""Looking after payments whose end nobody has told us: a killed process, a lost answer, a closed browser."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import select

from app.billing import audit
from app.billing.cards import payment_methods
from app.billing.topups import payments, queries, settlement
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, PaymentMethod, TopUp, TopUpStatus
from app.payments import declines, intents
from app.payments.errors import DeclinedError, PaymentsError, RefusedError
from app.payments.intents import Payment

log = structlog.get_logger("billing.recovery")

RESEND_WITHIN = timedelta(minutes=10)
"""How long after a person pressed Pay their charge is still made when the request never reached Stripe. Well
within the day for which Stripe keeps idempotency keys, so that sending it again can't charge again."""

ABANDONED_AFTER = timedelta(hours=24)
"""When a payment still waiting for the bank's confirmation is given up."""

LEFT_ALONE_FOR = timedelta(minutes=2)
"""How old an open payment must be before the sweep takes it up: until then its own job or page is at it."""

_OPEN = (TopUpStatus.PAYING, TopUpStatus.ACTION)


class _NotChargedError(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def recover(org_id: UUID, top_up_id: UUID) -> bool:
    """Find out what became of a payment and settle it; True where nothing more is to be done.

    Commits. Stripe being away is no error: the sweep asks again.
    """
    top_up = queries.find(org_id, top_up_id)
    if top_up.status not in _OPEN:
        return True
    organization = db.session.get_one(Organization, org_id)
    try:
        status = settlement.apply(org_id, top_up_id, _payment_of(organization, top_up), audit.STRIPE)
    except _NotChargedError as error:
        settlement.refuse(org_id, top_up_id, error.code)
        status = TopUpStatus.DECLINED
    except PaymentsError as error:
        log.warning("top_up_not_known_yet", top_up=str(top_up_id), reason=str(error))
        db.session.rollback()
        return False
    db.session.commit()
    log.info("top_up_looked_after", top_up=str(top_up_id), status=status.value)
    return status not in _OPEN


def find_stale() -> list[tuple[UUID, UUID]]:
    """Organization and top-up of every payment that has been open for longer than its own job needs."""
    query = (
        select(TopUp.org_id, TopUp.id)
        .where(TopUp.status.in_(_OPEN), TopUp.paying_since < utc_now() - LEFT_ALONE_FOR)
        .order_by(TopUp.paying_since)
    )
    return [(org_id, top_up_id) for org_id, top_up_id in db.session.execute(query)]


def _payment_of(organization: Organization, top_up: TopUp) -> Payment:
    """The payment of the top-up as Stripe has it now. Raises `_NotChargedError` where there is and will be
    none."""
    if top_up.payment_intent_id is not None:
        payment = intents.fetch(top_up.payment_intent_id)
        if payment.status == "requires_action" and _is_older(top_up, ABANDONED_AFTER):
            return intents.cancel(payment.id)
        return payment
    customer_id = payment_methods.customer_of(organization, email=None)
    found = intents.find_for_top_up(top_up.id, customer_id=customer_id, since=top_up.created_at)
    if found is not None:
        return found
    card = db.session.get_one(PaymentMethod, (top_up.org_id, top_up.payment_method_id))
    if card.removed_at is not None or _is_older(top_up, RESEND_WITHIN):
        raise _NotChargedError("not_charged")
    try:
        return intents.charge(payments.charge_request(organization, top_up, card, customer_id))
    except DeclinedError as error:
        raise _NotChargedError(error.code) from error
    except RefusedError as error:
        raise _NotChargedError(declines.code_for_refusal(error.code)) from error


def _is_older(top_up: TopUp, age: timedelta) -> bool:
    return top_up.paying_since is not None and utc_now() - top_up.paying_since > age

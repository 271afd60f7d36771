"""Top-ups that Stripe was paid for and that aren't here, because the database was restored to an earlier moment.

What we wrote into the payment says whose it is and which top-up it paid, so the same row is made again and settled:
repeating that, or a database that has it after all, credits nothing twice.
"""

from __future__ import annotations

from uuid import UUID

import structlog
from sqlalchemy import select

from app.billing import audit
from app.billing.cards import one_off, paid_with, payment_methods
from app.billing.topups import queries, settlement
from app.billing.wallet import ledger
from app.database import locks
from app.extensions import db
from app.models import Organization, PaymentMethod, TopUp, TopUpStatus
from app.payments import cards
from app.payments.cards import Card
from app.payments.intents import Payment
from app.transaction import transaction

log = structlog.get_logger("billing.recreation")


def find_or_recreate(payment: Payment) -> TopUp | None:
    """The top-up that a payment was made for; one that isn't here is made again if it was paid, and settled.

    None if it was made for none of ours. Commits where it makes one. Raises `PaymentMismatchError`, and what
    `app.payments` raises if the card can't be read.
    """
    known = queries.find_by_payment(payment)
    if known is not None or not payment.succeeded:
        return known
    organization = _organization_of(payment)
    if organization is None or payment.method_id is None or payment.top_up_id is None:
        return None
    top_up_id = UUID(payment.top_up_id)
    if db.session.scalar(select(TopUp.id).where(TopUp.id == top_up_id)) is not None:
        return None  # another organization's
    card = cards.fetch(payment.method_id)
    with transaction():
        locks.advisory_lock(db.session(), payment.id)
        wallet = ledger.lock(organization.id)
        top_up = db.session.get(TopUp, (organization.id, top_up_id), populate_existing=True)
        if top_up is None:
            top_up = _recreate(organization, top_up_id, payment, card)
        settlement.apply(wallet, top_up, payment, audit.STRIPE)
    log.warning("top_up_recreated", top_up=payment.top_up_id, payment=payment.id)
    return top_up


def _organization_of(payment: Payment) -> Organization | None:
    """The organization that a payment names, if it is its customer that paid, in its currency."""
    try:
        key, _ = UUID(payment.org_id or ""), UUID(payment.top_up_id or "")
    except ValueError:
        return None
    found = db.session.get(Organization, key)
    if found is None or not found.has_customer(payment.customer_id):
        return None
    return found if found.currency == payment.amount.currency else None


def _recreate(organization: Organization, top_up_id: UUID, payment: Payment, card: Card) -> TopUp:
    """The row, as it is before it is settled. The wallet is locked."""
    top_up = TopUp(
        org_id=organization.id,
        id=top_up_id,
        amount_micro=payment.amount.micro,
        currency=payment.amount.currency,
        # Not one that is open: there may be another automatic one, and at most one is open at a time.
        status=TopUpStatus.CANCELED,
        attempt=1,
        payment_method_id=_card_of(organization, payment, card).id,
        auto_month=payment.auto_month,
        created_at=payment.created_at,
        claimed_at=payment.created_at,
    )
    db.session.add(top_up)
    db.session.flush()
    return top_up


def _card_of(organization: Organization, payment: Payment, card: Card) -> PaymentMethod:
    """The row of the card that paid: a saved one, or one that was entered for this payment only."""
    known = paid_with.card_of(organization.id, payment)
    if known is not None:
        return known
    if organization.has_customer(card.customer_id):
        return payment_methods.record(organization, card, audit.STRIPE)
    return one_off.record_used(organization, card)

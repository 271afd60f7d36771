"""Settles Stripe's payment into the wallet: the same steps for the page, the webhook and the job.

Always in this order: lock the wallet, lock the top-up, compare, post. A second caller finds the transfer and changes
nothing.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from dateutil.relativedelta import relativedelta

from app import metrics
from app.billing import audit, catalog
from app.billing.audit import Actor
from app.billing.cards import health, one_off, paid_with
from app.billing.mail import notices
from app.billing.platform import messages
from app.billing.purchases import Outcome
from app.billing.topups import automatic_attempts
from app.billing.wallet import calling_state, ledger, lots
from app.billing.wallet.ledger import Entry
from app.clock import utc_now
from app.extensions import db
from app.models import AccountName, Organization, PaymentMethod, TopUp, TopUpStatus, TransferKind, Wallet
from app.payments.intents import Payment
from app.payments.statuses import PaymentIntentStatus

log = structlog.get_logger("billing.settlement")

_OPEN = {
    PaymentIntentStatus.PROCESSING: TopUpStatus.PAYING,
    PaymentIntentStatus.REQUIRES_ACTION: TopUpStatus.ACTION,
    PaymentIntentStatus.REQUIRES_PAYMENT_METHOD: TopUpStatus.DECLINED,
    PaymentIntentStatus.CANCELED: TopUpStatus.CANCELED,
}


class PaymentMismatchError(Exception):
    """A payment doesn't match its top-up: nothing is credited, and an operator has to look into it."""


def apply(
    wallet: Wallet, top_up: TopUp, payment: Payment, actor: Actor, *, at: datetime | None = None
) -> Outcome:
    """Apply a payment to its top-up, both locked; credits the wallet once if it was paid, as of `at` or now.

    Returns whether the top-up's status changed. Raises `PaymentMismatchError` if amount, currency, customer or top-up
    are not ours.
    """
    _compare(top_up, payment)
    before = top_up.status
    if before is TopUpStatus.SUCCEEDED:
        return Outcome.UNCHANGED
    one_off.adopt(top_up, payment.method_id)
    health.record_outcome(top_up, payment)
    top_up.payment_intent_id = payment.id
    top_up.charge_id = payment.charge_id or top_up.charge_id
    if payment.succeeded:
        _credit(wallet, top_up, payment, actor, at or utc_now())
    else:
        top_up.status = _OPEN.get(payment.status, TopUpStatus.PAYING)
        top_up.decline_code = payment.decline_code if top_up.status is TopUpStatus.DECLINED else None
        if top_up.decline_code is not None:
            _notify_of_decline(wallet, top_up, payment.decline_code, payment.charge_id or payment.id)
        wallet.version += 1
    db.session.flush()
    if top_up.status is before:
        return Outcome.UNCHANGED
    automatic_attempts.follow_up(wallet, top_up)
    return Outcome.CHANGED


def refuse(wallet: Wallet, top_up: TopUp, code: str) -> None:
    """Record that the payment was declined and nothing was charged. Wallet and top-up are locked."""
    if top_up.status is TopUpStatus.SUCCEEDED:
        return
    top_up.status, top_up.decline_code = TopUpStatus.DECLINED, code
    _notify_of_decline(wallet, top_up, code, f"{top_up.id}:{top_up.attempt}")
    wallet.version += 1
    automatic_attempts.follow_up(wallet, top_up)


def close(wallet: Wallet, top_up: TopUp, actor: Actor) -> None:
    """Cancel a top-up without a payment. Wallet and top-up are locked."""
    top_up.status, top_up.decline_code = TopUpStatus.CANCELED, None
    wallet.version += 1
    audit.record(top_up.org_id, actor, "top_up.canceled", str(top_up.id))
    automatic_attempts.follow_up(wallet, top_up)


def _notify_of_decline(wallet: Wallet, top_up: TopUp, code: str | None, attempt: str) -> None:
    """Unless no person tried to pay: auto top-up tells of all its cards together."""
    if automatic_attempts.current(top_up) is None:
        notices.payment_failed(wallet, top_up, code=code, attempt=attempt)


def _compare(top_up: TopUp, payment: Payment) -> None:
    organization = db.session.get_one(Organization, top_up.org_id)
    wanted = (str(top_up.id), top_up.amount, True)
    found = (payment.top_up_id, payment.amount, organization.has_customer(payment.customer_id))
    known = top_up.payment_intent_id in {None, payment.id}
    paid_in_full = not payment.succeeded or payment.received == top_up.amount
    if wanted != found or not known or not paid_in_full:
        log.error("payment_mismatch", top_up=str(top_up.id), payment=payment.id)
        raise PaymentMismatchError(f"{payment.id} does not match top-up {top_up.id}.")


def _credit(wallet: Wallet, top_up: TopUp, payment: Payment, actor: Actor, now: datetime) -> None:
    card = paid_with.card_of(top_up.org_id, payment)
    if card is None:
        card = db.session.get_one(PaymentMethod, (top_up.org_id, top_up.payment_method_id))
    # The notice names the card that was charged, even if another was chosen since.
    top_up.payment_method_id = card.id
    entry = Entry(
        kind=TransferKind.TOP_UP,
        source=payment.id,
        debit=AccountName.STRIPE,
        credit=AccountName.WALLET,
        amount=top_up.amount,
        at=now,
        top_up_id=top_up.id,
        detail=card.label,
    )
    if ledger.post(wallet, entry):
        months = catalog.current().paid_credit_months
        lots.expiry.open_newest(wallet, now + relativedelta(months=months) if months else None)
    messages.topped_up(
        top_up.org_id, top_up_id=top_up.id, credited=top_up.amount, available=wallet.available, at=now
    )
    before = calling_state.reassess(wallet, now)
    notices.charged(wallet, top_up, before=before, payment=payment.id, at=now)
    top_up.status = TopUpStatus.SUCCEEDED
    top_up.decline_code = None
    top_up.settled_at = now
    if top_up.claimed_at is not None:
        by = "person" if top_up.auto_month is None else "auto_top_up"
        metrics.CREDITED_SECONDS.labels(by).observe(max(0.0, (now - top_up.claimed_at).total_seconds()))
    if top_up.keep_card:
        one_off.save_card(db.session.get_one(Organization, top_up.org_id), card, actor)
    audit.record(
        top_up.org_id,
        actor,
        "top_up.settled",
        str(top_up.id),
        amount=str(top_up.amount.decimal),
        payment=payment.id,
    )

"""Cards that stopped working: which declines are final, and what makes a card usable again.

Two things say that retrying a card is useless: the network's advice, and for some declines the code itself. Those
codes are the ones that Stripe's own retries stop at (https://docs.stripe.com/billing/revenue-recovery/smart-retries,
"Non-retryable decline codes"), as far as they are about the card and not about one payment, and those whose next step
is a new card (https://docs.stripe.com/declines/codes). `do_not_honor` and `generic_decline` are not among them: the
bank gave no reason, and the same card may pay tomorrow.

The bank's reason is stored and never shown: a card reported lost or stolen is shown as a plain decline.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.billing import audit
from app.billing.cards import lookup
from app.clock import utc_now
from app.extensions import db
from app.models import PaymentMethod, TopUp, TopUpStatus
from app.payments.intents import Payment

NEVER_AGAIN = "do_not_try_again"

_FINAL_CODES = frozenset(
    {
        NEVER_AGAIN,
        "expired_card",
        "incorrect_number",
        "invalid_account",
        "invalid_number",
        "lost_card",
        "pickup_card",
        "revocation_of_all_authorizations",
        "revocation_of_authorization",
        "stolen_card",
    }
)


def is_final(code: str | None, advice: str | None) -> bool:
    """Whether a decline means that this card won't work any more, whatever the payment."""
    return advice == NEVER_AGAIN or code in _FINAL_CODES


def record_outcome(top_up: TopUp, payment: Payment) -> None:
    """Record what a top-up's payment says about its card. `top_up` is as it was before this payment was known.

    The caller holds the wallet's lock and raises its version.
    """
    method = _method(top_up.org_id, payment.method_id)
    if method is None:
        return
    if payment.succeeded:
        recover(method)
    elif payment.charge_id is not None and payment.charge_id != top_up.charge_id:
        at = top_up.claimed_at or utc_now()
        declined(method, code=payment.decline_code, advice=payment.advice_code, at=at)


def declined(method: PaymentMethod, *, code: str | None, advice: str | None, at: datetime) -> None:
    """Record that a bank declined a charge at `at`, for good or just this once. A later successful payment outweighs
    it."""
    if not is_final(code, advice) or method.failing_since is not None or _has_paid_since(method, at):
        return
    method.failing_since, method.failing_code = at, code
    audit.record(
        method.org_id, audit.STRIPE, "payment_method.failing", str(method.id), card=method.label, code=code
    )


def recover(method: PaymentMethod) -> None:
    """Record that a card works again, or may: it paid, or its bank gave it a new number or expiry."""
    if method.failing_since is None:
        return
    method.failing_since = method.failing_code = None
    audit.record(method.org_id, audit.STRIPE, "payment_method.works_again", str(method.id), card=method.label)


def _method(org_id: UUID, stripe_id: str | None) -> PaymentMethod | None:
    return lookup.find(org_id, stripe_id) if stripe_id else None


def _has_paid_since(method: PaymentMethod, at: datetime) -> bool:
    query = select(TopUp.id).where(
        TopUp.org_id == method.org_id,
        TopUp.payment_method_id == method.id,
        TopUp.status == TopUpStatus.SUCCEEDED,
        TopUp.settled_at > at,
    )
    return db.session.execute(query.limit(1)).first() is not None

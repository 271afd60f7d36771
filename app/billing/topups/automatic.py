"""Top-ups that no person began: the same row, claim, idempotency key and settlement as any other.

There is at most one at a time: the wallet's lock decides, and the database refuses another (`uq_top_up_automatic`).
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from app.billing import audit
from app.billing.purchases import FIRST_CHECK
from app.billing.topups import automatic_attempts, charging, daily_limits, requests, unusual
from app.clock import utc_now
from app.extensions import db, enqueue
from app.ids import uuid7
from app.models import AutoTopUpAttempt, Organization, PaymentMethod, TopUp, TopUpStatus, Wallet
from app.money import Money

OPEN = (TopUpStatus.REVIEW, TopUpStatus.PAYING, TopUpStatus.ACTION, TopUpStatus.DECLINED)
"""While an automatic top-up is in one of these, there is no other."""


def begin(
    organization: Organization, wallet: Wallet, amount: Money, card: PaymentMethod, *, month: date
) -> TopUp:
    """Claim a new top-up of a saved card, which counts toward the cap of the month that begins on `month`.

    The wallet is locked; in the caller's transaction, after which `charge` follows. Raises `DailyLimitReachedError`.
    """
    daily_limits.check(organization.id, amount)
    top_up = TopUp(
        org_id=organization.id,
        id=uuid7(),
        amount_micro=amount.micro,
        currency=amount.currency,
        payment_method_id=card.id,
        auto_month=month,
    )
    db.session.add(top_up)
    claim(organization, wallet, top_up, card)
    return top_up


def claim(organization: Organization, wallet: Wallet, top_up: TopUp, card: PaymentMethod) -> None:
    """Claim the next attempt to pay a locked top-up, with this card; in the caller's transaction."""
    top_up.status = TopUpStatus.PAYING
    top_up.attempt = (top_up.attempt or 0) + 1
    top_up.payment_method_id = card.id
    top_up.claimed_at = utc_now()
    top_up.decline_code = None
    wallet.version += 1
    db.session.flush()
    automatic_attempts.add(top_up, card)
    audit.record(
        top_up.org_id,
        audit.AUTO_TOP_UP,
        "top_up.paid_for",
        str(top_up.id),
        amount=str(top_up.amount.decimal),
        card=card.label,
        attempt=top_up.attempt,
    )
    unusual.judge(organization, top_up, card, audit.AUTO_TOP_UP)
    enqueue("settle_top_up", after=FIRST_CHECK, org_id=str(top_up.org_id), top_up_id=str(top_up.id))


def charge(organization: Organization, top_up: TopUp, card: PaymentMethod, customer_id: str) -> TopUp:
    """Charge a claimed top-up off session, and apply what came of it. Commits.

    Without an answer it stays `paying`, to be settled by its job. Raises `NotStartedError` if nothing was charged.
    """
    request = requests.charge_request(organization, top_up, card, customer_id)
    return charging.charge(organization, top_up, card, request, audit.AUTO_TOP_UP)


def find_open(org_id: UUID) -> TopUp | None:
    """The automatic top-up that is neither paid nor canceled, as it is now; locked, after the wallet."""
    query = select(TopUp).where(TopUp.org_id == org_id, TopUp.auto_month.is_not(None), TopUp.status.in_(OPEN))
    return db.session.scalars(
        query.with_for_update(), execution_options={"populate_existing": True}
    ).one_or_none()


def find_unjudged(org_id: UUID) -> list[tuple[AutoTopUpAttempt, TopUp]]:
    """Attempts whose outcome isn't recorded yet and whose payment isn't under way, oldest first."""
    query = (
        select(AutoTopUpAttempt, TopUp)
        .join(TopUp, (TopUp.org_id == AutoTopUpAttempt.org_id) & (TopUp.id == AutoTopUpAttempt.top_up_id))
        .where(AutoTopUpAttempt.org_id == org_id, AutoTopUpAttempt.outcome.is_(None))
        .where(TopUp.status.not_in([TopUpStatus.PAYING, TopUpStatus.ACTION]))
        .order_by(AutoTopUpAttempt.at)
    )
    found = db.session.execute(query, execution_options={"populate_existing": True})
    return [(attempt, top_up) for attempt, top_up in found]


def was_paid_since_last_attempt(org_id: UUID) -> bool:
    """Whether an automatic top-up was paid after the last attempt without its owner: by an owner, then."""
    last = select(func.max(AutoTopUpAttempt.at)).where(AutoTopUpAttempt.org_id == org_id)
    query = select(TopUp.id).where(
        TopUp.org_id == org_id,
        TopUp.auto_month.is_not(None),
        TopUp.status == TopUpStatus.SUCCEEDED,
        TopUp.claimed_at > last.scalar_subquery(),
    )
    return db.session.execute(query.limit(1)).first() is not None


def attempts_of(top_up: TopUp) -> list[AutoTopUpAttempt]:
    """All attempts of a top-up that no person made, oldest first."""
    query = select(AutoTopUpAttempt).where(
        AutoTopUpAttempt.org_id == top_up.org_id, AutoTopUpAttempt.top_up_id == top_up.id
    )
    return list(db.session.scalars(query.order_by(AutoTopUpAttempt.attempt)))

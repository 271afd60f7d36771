"""How auto top-up stands: for its page, and for the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from app.billing import brake, catalog
from app.billing.auto_top_ups import card_order, monthly_cap, next_charge
from app.billing.auto_top_ups.rows import consent_of, find_settings
from app.billing.brake import checking
from app.billing.cards import payment_methods
from app.billing.cards.payment_methods import CardView
from app.clock import utc_now
from app.extensions import db
from app.models import (
    AttemptOutcome,
    AutoTopUp,
    AutoTopUpAttempt,
    OffReason,
    Organization,
    PaymentMethod,
    TopUp,
    TopUpStatus,
    Wallet,
)
from app.money import Money

_NEWEST = 10


@dataclass(frozen=True, slots=True)
class NextCharge:
    """When credit falls below the threshold, `card` is charged: `usual` if it has just fallen, at most `at_a_time`
    and `left` in the month that begins on `month`.

    `is_below`: credit is below already. `refused_for` is why nothing is charged until `next_try_at`, and
    `waits_for_owner` a payment that an owner has to confirm with the bank.
    """

    card: CardView | None
    usual: Money
    at_a_time: Money
    left: Money
    month: date
    is_below: bool
    refused_for: str | None
    next_try_at: datetime | None
    waits_for_owner: UUID | None
    is_paying: bool


@dataclass(frozen=True, slots=True)
class Consent:
    """Who agreed to what, and when."""

    by: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """A card that was charged automatically; `code` is a decline's."""

    at: datetime
    amount: Money
    card: str
    outcome: AttemptOutcome | None
    code: str | None
    top_up_id: UUID


@dataclass(frozen=True, slots=True)
class State:
    """The settings, and how they stand. `used` is what was charged of the cap this month."""

    is_on: bool
    threshold: Money
    target: Money
    cap: Money
    used: Money
    cards: tuple[CardView, ...]
    version: int
    failures: int
    off_reason: OffReason | None
    off_at: datetime | None
    consent: Consent
    next: NextCharge | None


def gather(organization: Organization) -> State | None:
    """The state of an organization's auto top-up; None where it was never on."""
    settings = find_settings(organization.id)
    if settings is None:
        return None
    now, currency = utc_now(), organization.currency
    today = organization.local_day(now)
    cards = card_order.get_cards(organization.id)
    consent = consent_of(settings)
    month = monthly_cap.month_of(organization, now)
    return State(
        is_on=settings.is_on,
        threshold=Money(settings.threshold_micro, currency),
        target=Money(settings.target_micro, currency),
        cap=Money(settings.cap_micro, currency),
        used=monthly_cap.used(organization.id, month, currency),
        cards=tuple(payment_methods.card_view(card, today) for card in cards),
        version=settings.version,
        failures=settings.failures,
        off_reason=settings.off_reason,
        off_at=settings.off_at,
        consent=Consent(consent.by, consent.at, consent.words),
        next=_next(organization, settings, cards, now) if settings.is_on else None,
    )


def list_attempts(organization: Organization) -> list[Attempt]:
    """The newest automatic charges and declines, newest first. One statement."""
    query = (
        select(AutoTopUpAttempt, TopUp.amount_micro, PaymentMethod)
        .join(TopUp, (TopUp.org_id == AutoTopUpAttempt.org_id) & (TopUp.id == AutoTopUpAttempt.top_up_id))
        .join(
            PaymentMethod,
            (PaymentMethod.org_id == AutoTopUpAttempt.org_id)
            & (PaymentMethod.id == AutoTopUpAttempt.payment_method_id),
        )
        .where(AutoTopUpAttempt.org_id == organization.id)
        .order_by(AutoTopUpAttempt.at.desc(), AutoTopUpAttempt.attempt.desc())
        .limit(_NEWEST)
    )
    return [
        Attempt(
            at=attempt.at,
            amount=Money(micro, organization.currency),
            card=card.label,
            outcome=attempt.outcome,
            code=attempt.code,
            top_up_id=attempt.top_up_id,
        )
        for attempt, micro, card in db.session.execute(query)
    ]


def _next(
    organization: Organization, settings: AutoTopUp, cards: list[PaymentMethod], now: datetime
) -> NextCharge:
    limits = next_charge.limits_of(organization, settings, now)
    wallet = db.session.get_one(Wallet, organization.id)
    threshold = Money(settings.threshold_micro, organization.currency)
    target = Money(settings.target_micro, organization.currency)
    is_below = wallet.available < threshold
    gap = next_charge.gap(min(wallet.available, threshold), target)
    card = card_order.next_card(cards)
    open_ = _open(organization.id)
    waits = open_ is not None and open_.decline_code == "authentication_required"
    waits = waits or (open_ is not None and open_.status is TopUpStatus.ACTION)
    # Also while credit is above the threshold again, and nothing was refused lately.
    is_stopped = brake.find_open(organization.id) is not None
    return NextCharge(
        card=payment_methods.card_view(card, organization.local_day(now)) if card else None,
        usual=min(max(gap, catalog.current().top_up.minimum), max(limits.bound, limits.least)),
        at_a_time=min(limits.most, limits.daily.left),
        left=limits.cap_left,
        month=monthly_cap.month_of(organization, now),
        is_below=is_below,
        refused_for=checking.STOPPED if is_stopped else settings.refused_for,
        next_try_at=None if is_stopped else settings.next_try_at,
        waits_for_owner=open_.id if open_ is not None and waits else None,
        is_paying=open_ is not None and open_.status is TopUpStatus.PAYING,
    )


def _open(org_id: UUID) -> TopUp | None:
    query = select(TopUp).where(
        TopUp.org_id == org_id,
        TopUp.auto_month.is_not(None),
        TopUp.status.in_([TopUpStatus.PAYING, TopUpStatus.ACTION, TopUpStatus.DECLINED]),
    )
    return db.session.scalars(query, execution_options={"populate_existing": True}).one_or_none()

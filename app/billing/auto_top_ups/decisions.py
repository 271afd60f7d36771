"""What auto top-up does next, decided under the wallet's lock from what the rows say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select

from app.billing import audit
from app.billing.auto_top_ups import (
    card_order,
    disputed,
    monthly_cap,
    next_charge,
    notifying,
    outcomes,
    switching_off,
    watching,
)
from app.billing.auto_top_ups.before_charging import Refusal
from app.billing.auto_top_ups.looks import Look
from app.billing.auto_top_ups.rows import consent_of, find_settings
from app.billing.topups import automatic
from app.billing.wallet import calling_state
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

log = structlog.get_logger("billing.auto_top_ups")

AT_THE_BANK = timedelta(minutes=15)
"""How long a payment that waits for its payer at the bank counts as under way."""


@dataclass(frozen=True, slots=True)
class Charge:
    """Charge this card for a top-up that is claimed."""

    top_up: TopUp
    card: PaymentMethod


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancel a top-up that isn't paid, then look again."""

    top_up: TopUp


Step = Charge | Cancel | None
"""None: nothing is left to do now."""


def decide(organization: Organization, wallet: Wallet, at: datetime) -> Step:
    """What to do now for an organization whose wallet is locked. In the caller's transaction.

    A charge is claimed already: the caller makes it once that is committed. Open pages are told of what is shown of
    the settings and has changed.
    """
    calling_state.reassess(wallet, at)
    settings = find_settings(organization.id)
    if settings is None:
        return None
    before = _shown_of(settings)
    step = _decide(organization, wallet, settings, at)
    if _shown_of(settings) != before:
        wallet.version += 1
    return step


def _shown_of(settings: AutoTopUp) -> tuple[object, ...]:
    return settings.is_on, settings.failures, settings.next_try_at, settings.refused_for


def _decide(organization: Organization, wallet: Wallet, settings: AutoTopUp, at: datetime) -> Step:
    outcomes.judge(organization, settings, at)
    open_ = automatic.find_open(organization.id)
    if open_ is not None and _is_under_way(open_, at):
        return None
    if settings.is_on and disputed.is_disputed(organization.id):
        switching_off.switch_off(organization, wallet, settings, OffReason.DISPUTE, audit.AUTO_TOP_UP)
    if not settings.is_on or (open_ is not None and open_.created_at < consent_of(settings).at):
        return Cancel(open_) if open_ is not None else None
    look = Look(organization, wallet, settings, at)
    if wallet.available.micro >= settings.threshold_micro:
        return _recovered(look, open_)
    return _begin(look) if open_ is None else _continue(look, open_)


def _is_under_way(top_up: TopUp, at: datetime) -> bool:
    """Whether its outcome is still to come: then settling it enqueues the next look."""
    is_asked = top_up.claimed_at is not None and at - top_up.claimed_at < AT_THE_BANK
    return top_up.status is TopUpStatus.PAYING or (top_up.status is TopUpStatus.ACTION and is_asked)


def _recovered(look: Look, open_: TopUp | None) -> Step:
    """Credit is at the threshold again: wait for the next time it falls below."""
    settings = look.settings
    settings.next_try_at = settings.refused_for = settings.refused_at = None
    watching.rearm(look.wallet, look.at)
    return Cancel(open_) if open_ else None


def _begin(look: Look) -> Step:
    """Start a top-up that closes the whole gap, unless another is under way or something refuses it."""
    organization, settings = look.organization, look.settings
    if (settings.failures and look.is_waiting) or _is_paid_by_someone(organization.id, look.at):
        return None
    allowed = next_charge.decide(look)
    if isinstance(allowed, Refusal):
        _refuse(look, allowed)
        return None
    card = card_order.next_card(card_order.get_cards(organization.id))
    if card is None:
        outcomes.fail(look, None, [])
        return None
    settings.next_try_at = settings.refused_for = settings.refused_at = None
    month = monthly_cap.month_of(organization, look.at)
    return Charge(automatic.begin(organization, look.wallet, allowed, card, month=month), card)


def _continue(look: Look, open_: TopUp) -> Step:
    """A payment was declined, or not even begun: charge the next card, the same one again, or start over."""
    attempts = automatic.attempts_of(open_)
    newest = attempts[-1] if attempts and attempts[-1].attempt == open_.attempt else None
    if newest is None or open_.status is not TopUpStatus.DECLINED:
        # An owner has tried to pay it since, or Stripe did nothing at all.
        return None if newest is None and look.is_waiting else Cancel(open_)
    was_sent = open_.payment_intent_id is not None or newest.outcome is not AttemptOutcome.NOT_TRIED
    if look.is_time or not was_sent:
        return Cancel(open_)
    card = _next_card(look, attempts, newest)
    if card is not None:
        return _claim_again(look, open_, card)
    if not look.is_waiting:
        outcomes.fail(look, open_, attempts)
    return None


def _next_card(
    look: Look, attempts: list[AutoTopUpAttempt], newest: AutoTopUpAttempt
) -> PaymentMethod | None:
    """The card to charge immediately for a payment that was declined, if any."""
    if newest.outcome is AttemptOutcome.NOT_TRIED:
        besides = {one.payment_method_id for one in attempts if one is not newest}
    elif newest.outcome in outcomes.MOVES_ON or look.wallet.available.micro <= 0:
        besides = {one.payment_method_id for one in attempts}
    else:
        return None
    return card_order.next_card(card_order.get_cards(look.organization.id), besides=besides)


def _claim_again(look: Look, open_: TopUp, card: PaymentMethod) -> Step:
    """Charge another card for the same payment; start over where a limit leaves less than its amount by now."""
    allowed = next_charge.decide(look)
    if isinstance(allowed, Refusal) or allowed < open_.amount:
        return Cancel(open_)
    look.settings.next_try_at = None
    open_.auto_month = monthly_cap.month_of(look.organization, look.at)
    automatic.claim(look.organization, look.wallet, open_, card)
    return Charge(open_, card)


def _refuse(look: Look, refusal: Refusal) -> None:
    settings = look.settings
    if settings.refused_for != refusal.reason:
        settings.refused_for, settings.refused_at = refusal.reason, look.at
        if not refusal.is_notified:
            notifying.refused(look.organization, settings, refusal, look.at)
    settings.next_try_at = refusal.until
    log.info("auto_top_up_refused", organization=str(look.organization.id), reason=refusal.reason)


def _is_paid_by_someone(org_id: UUID, at: datetime) -> bool:
    """Whether a person's top-up is under way, which counts. Its end enqueues the next look."""
    is_asked = (TopUp.status == TopUpStatus.ACTION) & (TopUp.claimed_at > at - AT_THE_BANK)
    query = select(TopUp.id).where(
        TopUp.org_id == org_id,
        TopUp.auto_month.is_(None),
        (TopUp.status == TopUpStatus.PAYING) | is_asked,
    )
    return db.session.execute(query.limit(1)).first() is not None

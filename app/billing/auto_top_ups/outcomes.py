"""What came of charging a card, and what follows: the next card, another try later, or the end.

- A final decline ends a card: the next in order is charged immediately.
- A bank that wants to ask the payer declines as well: the next card is charged immediately, and where there is none,
  the same payment waits for an owner to confirm it.
- Any other decline is tried again after `SCHEDULE`, unless credit has run out: then the next card is charged.

A try that ends without a charge is a failure. After `MOST_FAILURES` in a row auto top-up is switched off.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app import metrics
from app.billing import audit
from app.billing.auto_top_ups import monthly_cap, notifying, switching_off
from app.billing.auto_top_ups.looks import Look
from app.billing.cards import health
from app.billing.topups import automatic
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
)
from app.money import Money

MOST_FAILURES = 3
SCHEDULE = (timedelta(hours=1), timedelta(hours=6))
"""How long after the first and the second failure in a row it is tried again."""

WAIT_FOR_OWNER = timedelta(hours=24)
"""How long a payment waits for an owner to confirm it, before it is canceled and another one is tried."""

_CONFIRMATION = frozenset({"authentication_required", "authentication_not_handled"})
_NEVER_SENT = "not_charged"
"""The code of a payment that was never sent (`app.billing.topups.recovery`)."""

MOVES_ON = frozenset({AttemptOutcome.FINAL, AttemptOutcome.CONFIRMATION})
"""After these the next card is charged immediately."""


def judge(organization: Organization, settings: AutoTopUp, at: datetime) -> None:
    """Record the outcome of attempts that are over. The wallet is locked; in the caller's transaction."""
    if settings.failures and automatic.was_paid_since_last_attempt(organization.id):
        # An owner paid what was declined.
        settings.failures, settings.next_try_at = 0, None
        _notify_of_cap(organization, settings, monthly_cap.month_of(organization, at))
    for attempt, top_up in automatic.find_unjudged(organization.id):
        is_newest = attempt.attempt == top_up.attempt
        attempt.outcome = _outcome_of(attempt, top_up) if is_newest else AttemptOutcome.DECLINED
        attempt.code = top_up.decline_code if is_newest else None
        metrics.AUTO_TOP_UPS.labels(attempt.outcome.value).inc()
        if top_up.status is TopUpStatus.SUCCEEDED:
            _succeeded(organization, settings, top_up, at)


def fail(look: Look, top_up: TopUp | None, attempts: list[AutoTopUpAttempt]) -> None:
    """A try has ended without a charge: plan the next one, or switch it off.

    `top_up` stays open for an owner to pay; None if there was no card to charge.
    """
    settings = look.settings
    settings.failures += 1
    waits = any(attempt.outcome is AttemptOutcome.CONFIRMATION for attempt in attempts)
    is_last = settings.failures >= MOST_FAILURES
    wait = WAIT_FOR_OWNER if waits else SCHEDULE[min(settings.failures, len(SCHEDULE)) - 1]
    settings.next_try_at = None if is_last else look.at + wait
    notifying.failed(look.organization, settings, top_up, attempts, waits_for_owner=waits)
    if is_last:
        switching_off.switch_off(
            look.organization, look.wallet, settings, OffReason.FAILURES, audit.AUTO_TOP_UP
        )


def _outcome_of(attempt: AutoTopUpAttempt, top_up: TopUp) -> AttemptOutcome:
    if top_up.status is TopUpStatus.SUCCEEDED:
        is_same = top_up.payment_method_id == attempt.payment_method_id
        return AttemptOutcome.PAID if is_same else AttemptOutcome.DECLINED
    code = top_up.decline_code
    if code in {None, _NEVER_SENT} or _was_never_asked(attempt, top_up):
        return AttemptOutcome.NOT_TRIED
    if code in _CONFIRMATION:
        return AttemptOutcome.CONFIRMATION
    card = db.session.get_one(PaymentMethod, (attempt.org_id, attempt.payment_method_id))
    is_final = health.is_final(code, None) or card.failing_since is not None or card.removed_at is not None
    return AttemptOutcome.FINAL if is_final else AttemptOutcome.DECLINED


def _was_never_asked(attempt: AutoTopUpAttempt, top_up: TopUp) -> bool:
    """Whether the payment is as an earlier attempt has left it: this one was cut off before it was sent."""
    if attempt.charge_before is None or top_up.charge_id != attempt.charge_before:
        return False
    earlier = [one for one in automatic.attempts_of(top_up) if one.attempt < attempt.attempt]
    is_first = all(one.payment_method_id != attempt.payment_method_id for one in earlier)
    return is_first and any(one.code == top_up.decline_code for one in earlier)


def _succeeded(organization: Organization, settings: AutoTopUp, top_up: TopUp, at: datetime) -> None:
    settings.failures, settings.next_try_at = 0, None
    settings.refused_for = settings.refused_at = None
    attempts = automatic.attempts_of(top_up)
    if any(attempt.outcome in {*MOVES_ON, AttemptOutcome.DECLINED} for attempt in attempts):
        notifying.paid_with_backup(organization, settings, top_up, attempts)
    _notify_of_cap(organization, settings, top_up.auto_month or monthly_cap.month_of(organization, at))


def _notify_of_cap(organization: Organization, settings: AutoTopUp, month: date) -> None:
    cap = Money(settings.cap_micro, organization.currency)
    charged = monthly_cap.settled(organization.id, month, organization.currency)
    level = monthly_cap.level_of(charged, cap)
    if level is not None:
        notifying.cap_reached(organization, settings, level, charged, month)

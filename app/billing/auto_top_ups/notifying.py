"""Emails about auto top-up: to billing recipients and owners alike, each once.

The charge itself has the email of every top-up (`app.billing.mail.notices.charged`), which says that it was
automatic.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from app.billing import audit
from app.billing.audit import Actor
from app.billing.auto_top_ups.before_charging import MONTHLY_CAP, Refusal
from app.billing.mail import notices
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
    Wallet,
)
from app.money import Money
from app.notify import emails
from app.payments import declines


def changed(
    organization: Organization,
    settings: AutoTopUp,
    cards: Sequence[PaymentMethod],
    actor: Actor,
    *,
    was_on: bool,
) -> None:
    """It was switched on, or its settings were changed."""
    currency = organization.currency
    email = emails.AutoTopUpChanged(
        is_new=not was_on,
        threshold=Money(settings.threshold_micro, currency),
        target=Money(settings.target_micro, currency),
        cap=Money(settings.cap_micro, currency),
        cards=[card.label for card in cards],
        by=audit.display_name(actor.name),
        address=actor.address,
        at=utc_now(),
    )
    notices.to_everyone(organization, email, source=f"version:{settings.version}")


def switched_off(organization: Organization, settings: AutoTopUp, reason: OffReason, actor: Actor) -> None:
    """It was switched off."""
    email = emails.AutoTopUpOff(
        reason=reason.value,
        by=audit.display_name(actor.name) if reason is OffReason.OWNER else None,
        address=actor.address,
        available=_available(organization),
        at=utc_now(),
    )
    notices.to_everyone(organization, email, source=f"version:{settings.version}")


def failed(
    organization: Organization,
    settings: AutoTopUp,
    top_up: TopUp | None,
    attempts: Sequence[AutoTopUpAttempt],
    *,
    waits_for_owner: bool,
) -> None:
    """A try has ended without a charge: which cards were declined and why, and what happens next."""
    email = emails.AutoTopUpFailed(
        top_up_id=top_up.id if top_up else None,
        amount=top_up.amount if top_up else None,
        declines=_declines(attempts),
        paid_with=None,
        waits_for_owner=waits_for_owner,
        next_try_at=settings.next_try_at,
        failures=settings.failures,
        available=_available(organization),
        at=utc_now(),
    )
    what = f"{top_up.id}:{top_up.attempt}" if top_up else f"{settings.version}:{utc_now():%Y-%m-%dT%H}"
    notices.to_everyone(organization, email, source=what)


def paid_with_backup(
    organization: Organization, settings: AutoTopUp, top_up: TopUp, attempts: Sequence[AutoTopUpAttempt]
) -> None:
    """A card was declined, and another one paid."""
    card = db.session.get_one(PaymentMethod, (top_up.org_id, top_up.payment_method_id))
    email = emails.AutoTopUpFailed(
        top_up_id=top_up.id,
        amount=top_up.amount,
        declines=_declines(attempts),
        paid_with=card.label,
        waits_for_owner=False,
        next_try_at=None,
        failures=settings.failures,
        available=_available(organization),
        at=utc_now(),
    )
    notices.to_everyone(organization, email, source=f"{top_up.id}:paid")


def cap_reached(
    organization: Organization, settings: AutoTopUp, level: int, charged: Money, month: date
) -> None:
    """So many percent of the monthly cap are charged: once a month for each level."""
    email = emails.AutoTopUpCap(
        level=level,
        charged=charged,
        cap=Money(settings.cap_micro, organization.currency),
        month=month,
        available=_available(organization),
        at=utc_now(),
    )
    notices.to_everyone(organization, email, source=f"{month:%Y-%m}:{level}")


def refused(organization: Organization, settings: AutoTopUp, refusal: Refusal, at: datetime) -> None:
    """Nothing was charged, because something refuses it: once a day for each reason."""
    email = emails.AutoTopUpRefused(
        reason=refusal.reason,
        cap=Money(settings.cap_micro, organization.currency),
        until=refusal.until,
        available=_available(organization),
        at=at,
    )
    day = organization.local_day(at)
    period = f"{day:%Y-%m}" if refusal.reason == MONTHLY_CAP else day.isoformat()
    notices.to_everyone(organization, email, source=f"{refusal.reason}:{period}")


def _declines(attempts: Sequence[AutoTopUpAttempt]) -> dict[str, str]:
    """By card: why it was declined."""
    found = {}
    for attempt in attempts:
        if attempt.outcome in {AttemptOutcome.PAID, AttemptOutcome.NOT_TRIED}:
            continue
        card = db.session.get_one(PaymentMethod, (attempt.org_id, attempt.payment_method_id))
        found[card.label] = declines.english_advice(attempt.code).message
    return found


def _available(organization: Organization) -> Money:
    return db.session.get_one(Wallet, organization.id).available

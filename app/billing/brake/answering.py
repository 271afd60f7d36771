"""Answering a stop: go on, this time or for good. An owner does, once; what was answered stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from app.billing import audit, hours
from app.billing.audit import Actor
from app.billing.brake import rows
from app.billing.mail import notices
from app.billing.platform import messages
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db, enqueue
from app.models import Brake, BrakeAnswer, BrakeStop, Organization, Wallet
from app.money import MICRO, Money
from app.notify.emails import AutoTopUpResumed
from app.transaction import transaction

HOUR = timedelta(hours=1)
RESUMED_FOR = timedelta(hours=24)
"""How long charges continue after "this time"."""
TIMES = 2
"""Charges continue while an hour takes up to so many times what the highest hour of the stop took."""


class AnsweredAlreadyError(Exception):
    """Someone has answered before; `stop` says what. Nothing was changed."""

    def __init__(self, stop: BrakeStop) -> None:
        super().__init__(str(stop.id))
        self.stop = stop


def get_up_to(organization: Organization, stop: BrakeStop, at: datetime) -> Money:
    """What an hour may take after an answer now: it grows while a stop waits and more is spent. In whole units."""
    since = [one.micro for one in hours.of(organization.id, stop.at)]
    highest = max([stop.spent_micro, hours.spent_since(organization.id, at - HOUR), *since])
    return Money(-(-TIMES * highest // MICRO) * MICRO, organization.currency)


def answer(organization: Organization, stop_id: UUID, chosen: BrakeAnswer, actor: Actor) -> BrakeStop:
    """Let automatic charges continue: what is due is charged immediately. Commits.

    Raises `AnsweredAlreadyError`, and `LookupError` if the organization has no such stop.
    """
    with transaction():
        wallet = ledger.lock(organization.id)
        stop = db.session.get(BrakeStop, (organization.id, stop_id), populate_existing=True)
        if stop is None:
            raise LookupError(stop_id)
        if stop.answered_at is not None:
            raise AnsweredAlreadyError(stop)
        at = utc_now()
        up_to = get_up_to(organization, stop, at)
        stop.until = at + RESUMED_FOR if chosen is BrakeAnswer.ONCE else None
        _write(wallet, stop, chosen, actor, at)
        stop.up_to_micro = up_to.micro
        if chosen is BrakeAnswer.FOR_GOOD:
            own = rows.find_own(organization.id) or Brake(org_id=organization.id)
            own.accepted_micro = max(up_to.micro, own.accepted_micro or 0)
            db.session.add(own)
        _notify(organization, stop, up_to, actor, at)
        enqueue("top_up_automatically", org_id=str(organization.id))
    return stop


def forget(organization: Organization, actor: Actor) -> None:
    """Compare with the organization's past alone again, whatever was answered for good. Commits."""
    with transaction():
        wallet = ledger.lock(organization.id)
        own = rows.find_own(organization.id)
        if own is None or own.accepted_micro is None:
            return
        before, own.accepted_micro = own.accepted_micro, None
        wallet.version += 1
        audit.record(
            organization.id,
            actor,
            "auto_top_up.brake_changed",
            str(organization.id),
            before=str(Money(before, organization.currency).rounded),
        )


def close(wallet: Wallet, actor: Actor) -> None:
    """Close the stop, if there is one, because auto top-up is switched off. The wallet is locked."""
    stop = rows.find_open(wallet.org_id)
    if stop is not None:
        _write(wallet, stop, BrakeAnswer.SWITCHED_OFF, actor, utc_now())


def _write(wallet: Wallet, stop: BrakeStop, chosen: BrakeAnswer, actor: Actor, at: datetime) -> None:
    stop.answer, stop.answered_at = chosen, at
    stop.answered_by, stop.user_id, stop.address = actor.name, actor.user_id, actor.address
    wallet.version += 1
    db.session.flush()


def _notify(organization: Organization, stop: BrakeStop, up_to: Money, actor: Actor, at: datetime) -> None:
    chosen = BrakeAnswer(stop.answer or BrakeAnswer.ONCE)
    audit.record(
        organization.id,
        actor,
        "auto_top_up.resumed",
        str(stop.id),
        answer=chosen.value,
        up_to=str(up_to.rounded),
        **({"until": stop.until.isoformat()} if stop.until else {}),
    )
    until = stop.until.isoformat() if stop.until else None
    data = {"answer": chosen.value, "up_to": messages.amount(up_to), "until": until}
    messages.publish(organization.id, messages.AUTO_TOP_UP_RESUMED, data, at=at)
    email = AutoTopUpResumed(
        up_to=up_to, until=stop.until, by=audit.display_name(actor.name), address=actor.address, at=at
    )
    notices.to_everyone(organization, email, source=str(stop.id))

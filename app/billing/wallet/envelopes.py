"""Envelopes: credit that an owner sets aside for one campaign until a day, which nothing else spends.

Credit that is set aside isn't available. Its campaign's calls draw from it first, and then on available credit like
any other; while it has credit, they start even if calling is paused for others. What is left when its last day is
over, or when an owner ends it, is available again. What refunds and disputes take out of the wallet comes out of
available credit first, then out of envelopes, the newest first (decision 20). Usage of others never does: it may take
available credit below zero, as it may without envelopes.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app.billing import audit
from app.billing.audit import Actor, meanwhile
from app.billing.platform import messages
from app.billing.wallet import calling_state, envelope_queries, envelope_terms, ledger
from app.billing.wallet.envelope_terms import (
    AlreadyOpenError,
    TooSmallError,
    UnknownEnvelopeError,
)
from app.clock import utc_now
from app.extensions import db, enqueue_at
from app.ids import uuid7
from app.models import Envelope, Organization, Wallet
from app.money import Money

LONGEST_NAME = 255


def find_open_locked(org_id: UUID, campaign: str) -> Envelope | None:
    """The campaign's open envelope now, with the wallet locked and settled."""
    _locked(org_id, utc_now())
    return envelope_queries.find_open(org_id, campaign)


def set_aside(
    organization: Organization,
    campaign: str,
    amount: Money,
    until: date,
    actor: Actor,
    *,
    at: datetime | None = None,
) -> Envelope:
    """Set credit aside for a campaign's calls, until a day is over in the organization's time zone.

    Locks the wallet, in the caller's transaction. Raises `TooLargeError`, `WrongDayError`, `AlreadyOpenError`,
    `TooManyError`.
    """
    now = at or utc_now()
    envelope_terms.check_day(organization, until, now)
    wallet = _locked(organization.id, now)
    known = envelope_queries.find_open(organization.id, campaign)
    if known is not None:
        raise AlreadyOpenError(known)
    envelope_queries.check_one_more(organization.id)
    envelope_terms.check_amount(wallet, amount, had=0)
    envelope = Envelope(
        org_id=organization.id,
        id=uuid7(),
        campaign=campaign,
        amount_micro=amount.micro,
        held_micro=0,
        spent_micro=0,
        returned_micro=0,
        cut_micro=0,
        until=until,
        ends_at=end_of(until, organization),
        has_credit=False,
        created_at=now,
    )
    db.session.add(envelope)
    _changed(wallet, envelope, amount.micro, now)
    _record(organization, actor, "envelope.set_aside", envelope)
    return envelope


def change(
    organization: Organization,
    envelope_id: UUID,
    amount: Money,
    until: date,
    actor: Actor,
    *,
    seen: str | None = None,
    at: datetime | None = None,
) -> Envelope:
    """Raise or lower an open envelope, and choose its last day. `amount` is all that is set aside, with what was
    spent of it; `seen` are the terms that were shown, as text (`envelope_terms.as_text`).

    Locks the wallet, in the caller's transaction. Raises `UnknownEnvelopeError`, `ChangedMeanwhileError`,
    `TooLargeError`, `TooSmallError`, `WrongDayError`.
    """
    now = at or utc_now()
    envelope_terms.check_day(organization, until, now)
    wallet, envelope = _locked_open(organization, envelope_id, now)
    meanwhile.check(seen, envelope_terms.as_text(envelope))
    before = Money(envelope.amount_micro, wallet.currency), envelope.until
    if before == (amount, until):
        return envelope
    if amount.micro < envelope.least_micro:
        raise TooSmallError(Money(envelope.least_micro, wallet.currency))
    envelope_terms.check_amount(wallet, amount, had=envelope.amount_micro)
    more = amount.micro - envelope.amount_micro
    envelope.amount_micro, envelope.until, envelope.ends_at = amount.micro, until, end_of(until, organization)
    _changed(wallet, envelope, more, now)
    _record(
        organization,
        actor,
        "envelope.changed",
        envelope,
        before=str(before[0].decimal),
        before_until=before[1].isoformat(),
    )
    return envelope


def end(
    organization: Organization, envelope_id: UUID, actor: Actor, *, at: datetime | None = None
) -> Envelope:
    """End an open envelope now: what is left is available credit again. What calls in progress hold of it stays
    theirs, and what they don't use follows when they end.

    Locks the wallet, in the caller's transaction. Raises `UnknownEnvelopeError`.
    """
    now = at or utc_now()
    wallet, envelope = _locked_open(organization, envelope_id, now)
    returned = envelope.left_micro
    envelope.ended_at, envelope.returned_micro, envelope.has_credit = now, returned, False
    wallet.set_aside_micro -= returned
    _note_next_end(wallet)
    messages.envelope_ended(
        organization.id,
        envelope_id=envelope.id,
        campaign=envelope.campaign,
        returned=Money(returned, wallet.currency),
        at=now,
    )
    calling_state.rejudge(wallet, now)
    _record(
        organization,
        actor,
        "envelope.ended",
        envelope,
        returned=str(Money(returned, wallet.currency).decimal),
    )
    return envelope


def follow_zone(organization: Organization) -> None:
    """Let open envelopes end with their last day in the organization's new time zone. Locks the wallet."""
    wallet = ledger.lock(organization.id)
    for envelope in _open(organization.id):
        envelope.ends_at = end_of(envelope.until, organization)
        _end_in_time(envelope)
    _note_next_end(wallet)


def end_of(until: date, organization: Organization) -> datetime:
    """When a day is over in the organization's time zone."""
    return datetime.combine(until + timedelta(days=1), time(), ZoneInfo(organization.timezone))


def _locked(org_id: UUID, now: datetime) -> Wallet:
    wallet = ledger.lock(org_id)
    calling_state.reassess(wallet, now)
    return wallet


def _locked_open(organization: Organization, envelope_id: UUID, now: datetime) -> tuple[Wallet, Envelope]:
    wallet = _locked(organization.id, now)
    envelope = db.session.get(Envelope, (organization.id, envelope_id), populate_existing=True)
    if envelope is None or not envelope.is_open:
        raise UnknownEnvelopeError("There is no such envelope, or it has ended.")
    return wallet, envelope


def _changed(wallet: Wallet, envelope: Envelope, more: int, now: datetime) -> None:
    """Set `more` micro-units aside for an envelope of a locked wallet, or less; and notify the platform."""
    wallet.set_aside_micro += more
    _note_next_end(wallet)
    if (has_credit := envelope.left_micro > 0) != envelope.has_credit:
        envelope.has_credit = has_credit
        messages.envelope_changed(
            wallet.org_id,
            envelope_id=envelope.id,
            campaign=envelope.campaign,
            left=Money(envelope.left_micro, wallet.currency),
            until=envelope.until,
            at=now,
        )
    calling_state.rejudge(wallet, now)
    _end_in_time(envelope)


def _note_next_end(wallet: Wallet) -> None:
    db.session.flush()
    query = select(func.min(Envelope.ends_at)).where(
        Envelope.org_id == wallet.org_id, Envelope.ended_at.is_(None)
    )
    wallet.envelope_ends_at = db.session.scalar(query)
    wallet.version += 1


def _end_in_time(envelope: Envelope) -> None:
    enqueue_at(envelope.ends_at, "end_envelopes", org_id=str(envelope.org_id))


def _open(org_id: UUID) -> list[Envelope]:
    query = (
        select(Envelope).where(Envelope.org_id == org_id, Envelope.ended_at.is_(None)).order_by(Envelope.id)
    )
    return list(db.session.execute(query, execution_options={"populate_existing": True}).scalars())


def _record(
    organization: Organization, actor: Actor, action: audit.Action, envelope: Envelope, **details: str
) -> None:
    amount = Money(envelope.amount_micro, organization.currency)
    audit.record(
        organization.id,
        actor,
        action,
        envelope.campaign,
        amount=str(amount.decimal),
        until=envelope.until.isoformat(),
        **details,
    )

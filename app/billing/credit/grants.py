"""Promotional and goodwill credit, granted by operators. Paid credit comes from top-ups only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import blake2b
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.billing import audit
from app.billing.audit import Actor
from app.billing.mail import notices
from app.billing.platform import messages
from app.billing.wallet import calling_state, ledger, lots
from app.billing.wallet.ledger import Entry
from app.billing.wallet.lots.drawing import CORRECTIONS
from app.clock import utc_now
from app.extensions import db
from app.language.stored import for_storage
from app.models import HAS_OWN_CAUSE, AccountName, CreditLot, LotKind, Organization, Transfer, TransferKind
from app.money import Money
from app.notify.emails import CreditGranted
from app.text import is_blank, is_storable

LONGEST_NOTE = 120
LONGEST_KEY = 100
LONGEST_LIFE = timedelta(days=18_262)
"""Fifty years: a later last day is a slip of the keyboard, and the last one that there is ends never."""

_POSTED_AS = {
    LotKind.PROMOTIONAL: (TransferKind.PROMOTION, AccountName.PROMOTIONS),
    LotKind.GOODWILL: (TransferKind.CREDIT, AccountName.ADJUSTMENTS),
}


class GrantError(ValueError):
    """The credit can't be granted like this; the text says why."""


class UsedKeyError(GrantError):
    """The key has granted something else."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Credit to grant, which can be used through its `last_day`, in the organization's time zone.

    The same `key` grants once.
    """

    kind: LotKind
    amount: Money
    note: str
    key: str
    last_day: date | None = None


def key_of(kind: LotKind, amount: Money, last_day: date | None, note: str) -> str:
    """The key of a grant that was given none: the same grant is made once."""
    return blake2b(repr((kind.value, amount.micro, last_day, note)).encode(), digest_size=12).hexdigest()


def grant(organization: Organization, wanted: Grant, actor: Actor, *, at: datetime | None = None) -> bool:
    """Grant credit; False if it was already granted. Locks the wallet.

    Everyone who gets the organization's billing emails is told, and the platform. Raises `GrantError`, also for a
    key that granted something else, and `TooFarError`.
    """
    now = at or utc_now()
    _check(organization, wanted, now)
    wallet = ledger.lock(organization.id)
    kind, account = _POSTED_AS[wanted.kind]
    source = f"grant:{wanted.key}"
    known = _find(organization, source)
    if known is not None:
        _compare(organization, known, wanted)
        return False
    entry = Entry(kind, source, account, AccountName.WALLET, wanted.amount, now, detail=wanted.note)
    ledger.post(wallet, entry)
    expires_at = _end_of(organization, wanted.last_day) if wanted.last_day else None
    lot = lots.expiry.open_newest(wallet, expires_at)
    calling_state.reassess(wallet, now)
    messages.credit_granted(
        organization.id,
        kind=wanted.kind.value,
        granted=wanted.amount,
        expires_at=expires_at,
        available=wallet.available,
        at=now,
    )
    audit.record(
        organization.id,
        actor,
        "credit.granted",
        str(lot.id),
        amount=str(wanted.amount.decimal),
        kind=wanted.kind.value,
        last_day=wanted.last_day.isoformat() if wanted.last_day else None,
        note=wanted.note,
        key=wanted.key,
    )
    with for_storage():
        email = CreditGranted(
            amount=wanted.amount,
            credit=wanted.kind.label,
            note=wanted.note,
            last_day=wanted.last_day,
            available=wallet.available,
            at=now,
        )
    notices.to_everyone(organization, email, source=str(lot.id))
    return True


def furthest_day(organization: Organization, now: datetime | None = None) -> date:
    """The furthest day through which granted credit can be used."""
    return organization.local_day(now or utc_now()) + LONGEST_LIFE


def _check(organization: Organization, wanted: Grant, now: datetime) -> None:
    if wanted.kind not in _POSTED_AS:
        raise GrantError("Paid credit comes from top-ups only. Choose promotional or goodwill.")
    if wanted.amount.micro <= 0 or wanted.amount.currency != organization.currency:
        raise GrantError(f"Choose an amount above zero, in {organization.currency}.")
    for name, text, longest in (("note", wanted.note, LONGEST_NOTE), ("key", wanted.key, LONGEST_KEY)):
        if is_blank(text) or len(text) > longest or not is_storable(text):
            raise GrantError(f"Choose a {name} of 1 to {longest} characters.")
    if wanted.note == CORRECTIONS:
        raise GrantError(f"{CORRECTIONS!r} is what corrections are called. Choose another note.")
    if wanted.last_day is not None and wanted.last_day < organization.local_day(now):
        raise GrantError("It would have expired already. Choose today or a later day.")
    if wanted.last_day is not None and wanted.last_day > furthest_day(organization, now):
        raise GrantError("It would last for more than fifty years. Choose an earlier day.")
    if wanted.kind is LotKind.PROMOTIONAL and wanted.last_day is None:
        raise GrantError("Promotional credit expires: choose its last day.")


def _find(organization: Organization, source: str) -> tuple[Transfer, CreditLot | None] | None:
    query = (
        select(Transfer, CreditLot)
        .outerjoin(CreditLot, (CreditLot.org_id == Transfer.org_id) & (CreditLot.seq == Transfer.seq))
        .where(Transfer.org_id == organization.id, Transfer.source == source, HAS_OWN_CAUSE)
        .where(Transfer.kind.in_([kind for kind, _ in _POSTED_AS.values()]))
    )
    row = db.session.execute(query).first()
    return None if row is None else (row[0], row[1])


def _compare(organization: Organization, known: tuple[Transfer, CreditLot | None], wanted: Grant) -> None:
    transfer, lot = known
    expires_at = _end_of(organization, wanted.last_day) if wanted.last_day else None
    same = (transfer.kind, transfer.amount_micro) == (_POSTED_AS[wanted.kind][0], wanted.amount.micro)
    if not same or (lot is not None and (lot.expires_at, lot.note) != (expires_at, wanted.note)):
        raise UsedKeyError(f"The key {wanted.key!r} has already granted something else. Choose another key.")


def _end_of(organization: Organization, day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(organization.timezone))

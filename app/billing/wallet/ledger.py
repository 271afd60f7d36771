"""The double-entry ledger: the one place that moves credit.

Every movement is a transfer between two accounts of one organization. Transfers are only ever added, each is
unique by its kind and source, and the organization's wallet row is locked while one is posted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.billing.limits import counts
from app.billing.wallet import watches
from app.billing.wallet.lock_queue import waiting_for
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import (
    HAS_OWN_CAUSE,
    Account,
    AccountName,
    CallingState,
    Organization,
    Transfer,
    TransferKind,
    UsageGroup,
    Wallet,
    WalletLine,
    WatchKind,
)
from app.money import CurrencyMismatchError, Money

FURTHEST = 10**15
"""How far from zero a wallet's balance may be, in micro-units: a billion of the currency, far within the range of its
column. Usage and credits stop there. Payments and clawbacks of Stripe's are posted all the same, and so is what a
correction returns: each is bounded, so nothing overflows the column."""


_LIMITED = frozenset({TransferKind.CREDIT, TransferKind.PROMOTION})
"""Credit that someone grants, and so could be granted by mistake."""


class TooFarError(ValueError):
    """A movement would take a wallet's balance beyond the limit."""


class _Posting(Protocol):
    """A locked wallet, of a batch or by itself."""

    @property
    def last_posted_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A movement to post: `amount` (above zero) from the account debited to the account credited.

    `source` names what caused it, for example a payment intent's id. `at` is the posting time. Usage names its
    `group`, and adds up to one history line per day and group. `corrects_seq` is the position of usage that is
    corrected.
    """

    kind: TransferKind
    source: str
    debit: AccountName
    credit: AccountName
    amount: Money
    at: datetime
    group: UsageGroup | None = None
    top_up_id: UUID | None = None
    corrects_seq: int | None = None
    detail: str = ""

    @property
    def wallet_change(self) -> int:
        """The change of the wallet's balance, in micro-units."""
        if self.credit is AccountName.WALLET:
            return self.amount.micro
        return -self.amount.micro if self.debit is AccountName.WALLET else 0


def open_wallet(organization: Organization, *, low_threshold: Money | None = None) -> Wallet:
    """Create the wallet and accounts of a new organization, all at zero: calling starts with the first credit."""
    wallet = Wallet(
        org_id=organization.id,
        currency=organization.currency,
        state=CallingState.PAUSED,
        low_threshold_micro=low_threshold.micro if low_threshold else None,
    )
    db.session.add(wallet)
    db.session.add_all(Account(org_id=organization.id, name=name) for name in AccountName)
    db.session.flush()
    return wallet


def lock(org_id: UUID) -> Wallet:
    """The organization's wallet as it is now, locked until the transaction ends.

    Raises `WalletBusyError` in a request if others have already waited long for the lock.
    """
    query = select(Wallet).where(Wallet.org_id == org_id).with_for_update()
    with waiting_for((org_id,)):
        return db.session.execute(query, execution_options={"populate_existing": True}).scalar_one()


def post(wallet: Wallet, entry: Entry) -> Transfer | None:
    """Post one movement on a locked wallet; None if it was already posted, which changes nothing.

    Raises `CurrencyMismatchError`, `TooFarError`, and `ValueError` for an amount that is not above zero.
    """
    if entry.amount.currency != wallet.currency:
        raise CurrencyMismatchError(
            f"The wallet is in {wallet.currency}, the amount in {entry.amount.currency}."
        )
    if entry.amount.micro <= 0:
        raise ValueError("A transfer's amount is above zero; its accounts give the direction.")
    if is_posted(wallet.org_id, entry.kind, entry.source):
        return None
    if entry.kind in _LIMITED and is_too_far(wallet.posted_micro, entry.wallet_change):
        raise TooFarError(f"This would take the balance beyond {Money(FURTHEST, wallet.currency).exact}.")
    at = posting_time(wallet, entry.at)
    wallet.last_posted_at = at
    wallet.last_seq += 1
    wallet.posted_micro += entry.wallet_change
    wallet.version += 1
    line_id, line_total = _write_line(wallet, entry, at)
    transfer = Transfer(
        org_id=wallet.org_id,
        id=uuid7(),
        seq=wallet.last_seq,
        debit=entry.debit,
        credit=entry.credit,
        amount_micro=entry.amount.micro,
        balance_after_micro=wallet.posted_micro,
        kind=entry.kind,
        source=entry.source,
        line_id=line_id,
        line_after_micro=line_total,
        posted_at=at,
    )
    # The accounts first: an organization has none of a name that came later until it is used.
    _move(wallet.org_id, {entry.debit: -entry.amount.micro, entry.credit: entry.amount.micro})
    db.session.add(transfer)
    db.session.flush()
    return transfer


def is_too_far(posted: int, change: int) -> bool:
    """Whether a change takes a balance beyond the limit; a change toward zero never does."""
    after = posted + change
    return abs(after) > FURTHEST and abs(after) > abs(posted)


def posting_time(wallet: Wallet, at: datetime) -> datetime:
    """The posting time of something at `at`: clocks differ, but a wallet's history never goes back in time."""
    return max(at, wallet.last_posted_at or at)


def own_posting_time(wallet: _Posting, at: datetime) -> datetime:
    """The same for usage, which has a time of its own, so that it leads to its transfer."""
    last = wallet.last_posted_at
    return at if last is None or at > last else last + timedelta(microseconds=1)


def change_zone(organization: Organization, timezone: str) -> None:
    """Change an organization's time zone, which decides the posting day from now on. Locks the wallet.

    If the new zone is still on an earlier day than the newest line, movements until then are posted at the start of
    that line's day: otherwise a past month would grow again. The actual time is in `recorded_at`.
    """
    organization.timezone = timezone
    wallet = lock(organization.id)
    newest = db.session.scalar(select(func.max(WalletLine.day)).where(WalletLine.org_id == organization.id))
    if newest is not None:
        wallet.last_posted_at = posting_time(wallet, datetime.combine(newest, time(), ZoneInfo(timezone)))
    if wallet.counts_spend:
        counts.recount(organization.id, ZoneInfo(timezone), utc_now())
    # Another month may have begun for it, in which cards may be charged again.
    watches.rearm(wallet, WatchKind.AUTO_TOP_UP, at=utc_now())


def is_posted(org_id: UUID, kind: TransferKind, source: str) -> bool:
    """Whether a transfer of this kind and source exists. Certain only while the wallet is locked."""
    query = select(Transfer.id).where(
        Transfer.org_id == org_id, Transfer.kind == kind, Transfer.source == source
    )
    if kind is not TransferKind.USAGE:
        query = query.where(HAS_OWN_CAUSE)
    return db.session.execute(query).first() is not None


def version_of(org_id: UUID) -> int:
    """The wallet's current version, which grows with everything that pages show about it."""
    version = db.session.scalar(select(Wallet.version).where(Wallet.org_id == org_id))
    return version or 0


def _write_line(wallet: Wallet, entry: Entry, at: datetime) -> tuple[UUID, int]:
    """Add the entry to the history line it belongs to; the line's id and its total after it."""
    organization = db.session.get_one(Organization, wallet.org_id)
    fresh = insert(WalletLine).values(
        org_id=wallet.org_id,
        id=uuid7(),
        seq=wallet.last_seq,
        first_seq=wallet.last_seq,
        day=organization.local_day(at),
        at=at,
        kind=entry.kind,
        usage_group=entry.group,
        amount_micro=entry.wallet_change,
        top_up_id=entry.top_up_id,
        detail=entry.detail,
        corrects_seq=entry.corrects_seq,
    )
    added = fresh.on_conflict_do_update(
        index_elements=[WalletLine.org_id, WalletLine.day, WalletLine.usage_group],
        index_where=WalletLine.usage_group.is_not(None),
        set_={
            "seq": fresh.excluded.seq,
            "at": fresh.excluded.at,
            "amount_micro": WalletLine.amount_micro + fresh.excluded.amount_micro,
        },
    )
    line = db.session.execute(added.returning(WalletLine.id, WalletLine.amount_micro)).one()
    return line.id, line.amount_micro


def _move(org_id: UUID, changes: dict[AccountName, int]) -> None:
    rows = [
        {"org_id": org_id, "name": name, "balance_micro": change} for name, change in sorted(changes.items())
    ]
    fresh = insert(Account).values(rows)
    db.session.execute(
        fresh.on_conflict_do_update(
            index_elements=[Account.org_id, Account.name],
            set_={"balance_micro": Account.balance_micro + fresh.excluded.balance_micro},
        )
    )

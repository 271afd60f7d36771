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

from sqlalchemy import func, select, text

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


_POST = """
WITH given AS (
    SELECT CAST(:org_id AS uuid) AS org_id, CAST(:id AS uuid) AS id, CAST(:line_id AS uuid) AS line_id,
        CAST(:seq AS bigint) AS seq, CAST(:day AS date) AS day, CAST(:at AS timestamptz) AS at,
        CAST(:kind AS text) AS kind, CAST(:source AS text) AS source, CAST(:group AS text) AS usage_group,
        CAST(:debit AS text) AS debit, CAST(:credit AS text) AS credit, CAST(:amount AS bigint) AS amount,
        CAST(:change AS bigint) AS change, CAST(:balance AS bigint) AS balance, CAST(:detail AS text) AS detail,
        CAST(:top_up_id AS uuid) AS top_up_id, CAST(:corrects_seq AS bigint) AS corrects_seq),
line AS (
    INSERT INTO wallet_line (org_id, id, seq, first_seq, day, at, kind, usage_group, amount_micro, top_up_id, detail,
        corrects_seq)
    SELECT org_id, line_id, seq, seq, day, at, kind, usage_group, change, top_up_id, detail, corrects_seq
    FROM given WHERE NOT EXISTS (SELECT FROM transfer known WHERE known.org_id = given.org_id
        AND known.kind = given.kind AND known.source = given.source{index})
    ON CONFLICT (org_id, day, usage_group) WHERE usage_group IS NOT NULL
    DO UPDATE SET seq = excluded.seq, at = excluded.at,
        amount_micro = wallet_line.amount_micro + excluded.amount_micro
    RETURNING id, amount_micro),
moved AS (
    INSERT INTO account (org_id, name, balance_micro)
    SELECT given.org_id, change.name, change.amount
    FROM line, given, LATERAL (VALUES (debit, -amount), (credit, amount)) AS change (name, amount)
    ON CONFLICT (org_id, name) DO UPDATE SET balance_micro = account.balance_micro + excluded.balance_micro)
INSERT INTO transfer (org_id, id, seq, debit, credit, amount_micro, balance_after_micro, kind, source, line_id,
    line_after_micro, posted_at, recorded_at)
SELECT org_id, given.id, seq, debit, credit, amount, balance, kind, source, line.id, line.amount_micro, at, now()
FROM line, given RETURNING id"""
"""A transfer, the history line it belongs to, and its accounts, of which an organization may not have one that came
later. Nothing if it was already posted."""
_POST_USAGE = text(_POST.format(index=""))
_POST_OTHERS = text(_POST.format(index=" AND known.kind <> 'usage'"))
"""The index of causes leaves out usage, which the database only knows if it is said."""


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


def post(wallet: Wallet, entry: Entry) -> bool:
    """Post one movement on a locked wallet; False if it was already posted, which changes nothing. Two statements.

    Raises `CurrencyMismatchError`, `TooFarError`, and `ValueError` for an amount that is not above zero.
    """
    if entry.amount.currency != wallet.currency:
        raise CurrencyMismatchError(
            f"The wallet is in {wallet.currency}, the amount in {entry.amount.currency}."
        )
    if entry.amount.micro <= 0:
        raise ValueError("A transfer's amount is above zero; its accounts give the direction.")
    if entry.kind in _LIMITED and is_too_far(wallet.posted_micro, entry.wallet_change):
        if is_posted(wallet.org_id, entry.kind, entry.source):
            return False
        raise TooFarError(f"This would take the balance beyond {Money(FURTHEST, wallet.currency).exact}.")
    at = posting_time(wallet, entry.at)
    statement = _POST_USAGE if entry.kind is TransferKind.USAGE else _POST_OTHERS
    if db.session.execute(statement, _values(wallet, entry, at)).first() is None:
        return False
    wallet.last_posted_at = at
    wallet.last_seq += 1
    wallet.posted_micro += entry.wallet_change
    wallet.version += 1
    db.session.flush()
    return True


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


def _values(wallet: Wallet, entry: Entry, at: datetime) -> dict[str, object]:
    organization = db.session.get_one(Organization, wallet.org_id)
    return {
        "org_id": wallet.org_id,
        "id": uuid7(),
        "line_id": uuid7(),
        "seq": wallet.last_seq + 1,
        "day": organization.local_day(at),
        "at": at,
        "kind": entry.kind.value,
        "group": entry.group.value if entry.group else None,
        "change": entry.wallet_change,
        "top_up_id": entry.top_up_id,
        "detail": entry.detail,
        "corrects_seq": entry.corrects_seq,
        "source": entry.source,
        "debit": entry.debit.value,
        "credit": entry.credit.value,
        "amount": entry.amount.micro,
        "balance": wallet.posted_micro + entry.wallet_change,
    }

"""The wallets of a batch of a thousand movements: usage of many organizations, in a handful of statements.

What `app.billing.wallet.ledger` and `app.billing.wallet.calling_state` do for one wallet is done here for arrays of
them, by the same rules: they are locked in order of their ids, settled, and saved with their calling states.
`app.billing.wallet.usage_postings` posts between the two.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.billing.wallet import calling_state, envelope_moves, leases, watches
from app.billing.wallet.calling_state import Judgment
from app.billing.wallet.credit import Credit
from app.billing.wallet.envelope_moves import Lapsed, Moved
from app.billing.wallet.lock_queue import waiting_for
from app.database.arrays import columns
from app.extensions import driver_connection
from app.models import CallingState
from app.money import Money

_LOCK = """
SELECT org_id, currency, posted_micro, held_micro, low_threshold_micro, is_low, state, paused_at, last_seq,
    last_posted_at, watch_micro, recovery_micro, counts_spend, set_aside_micro, set_aside_held_micro,
    envelope_ends_at, reserve_micro, is_outbound_paused
FROM wallet WHERE org_id = ANY(%s::uuid[]) ORDER BY org_id FOR UPDATE"""

_HELD = """
WITH free AS (SELECT org_id FROM wallet WHERE org_id = ANY(%s::uuid[]) FOR UPDATE SKIP LOCKED)
SELECT org_id FROM wallet WHERE org_id = ANY(%s::uuid[]) AND org_id NOT IN (SELECT org_id FROM free)"""

_WALLETS = """
UPDATE wallet SET posted_micro = fresh.posted, held_micro = fresh.held, is_low = fresh.is_low, state = fresh.state,
    paused_at = fresh.paused_at, last_seq = fresh.last_seq, last_posted_at = fresh.last_posted_at,
    set_aside_micro = fresh.set_aside, set_aside_held_micro = fresh.set_aside_held,
    envelope_ends_at = fresh.envelope_ends_at, is_outbound_paused = fresh.is_outbound_paused,
    version = wallet.version + 1
FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::bool[], %s::text[], %s::timestamptz[], %s::bigint[],
    %s::timestamptz[], %s::bigint[], %s::bigint[], %s::timestamptz[], %s::bool[])
    AS fresh (org_id, posted, held, is_low, state, paused_at, last_seq, last_posted_at, set_aside, set_aside_held,
        envelope_ends_at, is_outbound_paused)
WHERE wallet.org_id = fresh.org_id"""

_WATCHES = "UPDATE wallet SET watch_micro = %s, recovery_micro = %s WHERE org_id = %s"


@dataclass(slots=True)
class LockedWallet:
    """A wallet locked by this transaction, in micro-units."""

    org_id: UUID
    currency: str
    posted: int
    held: int
    threshold: int | None
    is_low: bool
    state: CallingState
    paused_at: datetime | None
    last_seq: int
    last_posted_at: datetime | None
    watch_micro: int | None = None
    recovery_micro: int | None = None
    counts_spend: bool = False
    set_aside: int = 0
    set_aside_held: int = 0
    envelope_ends_at: datetime | None = None
    reserve: int = 0
    is_outbound_paused: bool = False
    moved: list[Moved] = field(default_factory=list)
    lapsed: list[Lapsed] = field(default_factory=list)

    @property
    def credit(self) -> Credit:
        return Credit(self.posted, self.held, self.set_aside, self.set_aside_held, self.reserve)

    @property
    def available(self) -> Money:
        return Money(self.credit.available, self.currency)

    @property
    def judgment(self) -> Judgment:
        return Judgment(self.state, self.is_low, self.is_outbound_paused)

    def apply(self, moved: Moved) -> None:
        """Change its sums by what moved of an envelope, and note that for the platform."""
        self.set_aside += moved.set_aside
        self.set_aside_held += moved.held
        self.moved.append(moved)


@dataclass(frozen=True, slots=True)
class Saved:
    """Saved wallets with something to follow up: those whose calling state changed, with the previous judgment, those
    whose envelopes have, and those whose credit has crossed a watch."""

    judged: list[tuple[LockedWallet, Judgment]]
    moved: list[LockedWallet]
    crossed: list[LockedWallet]


def lock_many(org_ids: Collection[UUID]) -> dict[UUID, LockedWallet]:
    """Lock the wallets of those organizations that exist until the transaction ends. One statement.

    In order of their ids, so that two batches can't deadlock. Raises `WalletBusyError` as `ledger.lock` does.
    """
    asked = [(str(org_id),) for org_id in org_ids]
    if not asked:
        return {}
    with waiting_for(set(org_ids)):
        rows = driver_connection().execute(_LOCK, columns(asked)).fetchall()
    return {
        row[0]: LockedWallet(*row[:6], CallingState(row[6]), *row[7:])  # type: ignore[call-arg]
        for row in rows
    }


def settle(wallets: Collection[LockedWallet], at: datetime) -> list[LockedWallet]:
    """End the leases and envelopes of locked wallets that are over at `at`. Returns those that have to be saved.

    One statement where no envelope is over, as `calling_state.settle` for one wallet.
    """
    changed = {wallet.org_id: wallet for wallet in leases.settle_many(wallets, at)}
    over = {
        wallet.org_id: wallet
        for wallet in wallets
        if wallet.envelope_ends_at is not None and wallet.envelope_ends_at <= at
    }
    for wallet in over.values():
        wallet.envelope_ends_at = None
    for lapsed in envelope_moves.lapse_many(over, at):
        wallet = over[lapsed.org_id]
        wallet.set_aside -= lapsed.returned
        wallet.envelope_ends_at = lapsed.next_end
        wallet.lapsed.append(lapsed)
    return list((changed | over).values())


def find_locked(org_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those whose wallet another transaction has locked at this moment. Locks the others."""
    asked = [str(org_id) for org_id in org_ids]
    return frozenset(row[0] for row in driver_connection().execute(_HELD, (asked, asked)).fetchall())


def save(wallets: Iterable[LockedWallet], *, at: datetime) -> Saved:
    """Save locked wallets, with their calling state updated from their credit.

    One statement, and `follow_up` after it.
    """
    saved = Saved([], [], [])
    rows = []
    for wallet in wallets:
        before = wallet.judgment
        after = calling_state.judge(wallet.credit, wallet.threshold, was_low=wallet.is_low)
        if after != before:
            wallet.state, wallet.is_low = after.state, after.is_low
            wallet.is_outbound_paused = after.is_outbound_paused
            wallet.paused_at = calling_state.paused_since(before.state, after.state, wallet.paused_at, at)
            saved.judged.append((wallet, before))
        if wallet.moved or wallet.lapsed:
            saved.moved.append(wallet)
        if watches.is_crossed(wallet.available.micro, wallet.watch_micro, wallet.recovery_micro):
            saved.crossed.append(wallet)
        rows.append(
            (
                wallet.org_id,
                wallet.posted,
                wallet.held,
                wallet.is_low,
                wallet.state.value,
                wallet.paused_at,
                wallet.last_seq,
                wallet.last_posted_at,
                wallet.set_aside,
                wallet.set_aside_held,
                wallet.envelope_ends_at,
                wallet.is_outbound_paused,
            )
        )
    if rows:
        driver_connection().execute(_WALLETS, columns(rows))
    return saved


def follow_up(saved: Saved, *, at: datetime) -> None:
    """Notify the platform of changes to saved wallets, and fire the watches that their credit has crossed."""
    for wallet, before in saved.judged:
        calling_state.notify_platform(
            wallet.org_id, before, wallet.judgment, wallet.credit, currency=wallet.currency, at=at
        )
    for wallet in saved.moved:
        envelope_moves.notify_platform(wallet.moved, currency=wallet.currency, at=at)
        for lapsed in wallet.lapsed:
            envelope_moves.notify_ended(lapsed, currency=wallet.currency, at=at)
        wallet.moved, wallet.lapsed = [], []
    for wallet in saved.crossed:
        amounts = watches.cross(wallet.org_id, wallet.available.micro, at)
        wallet.watch_micro, wallet.recovery_micro = amounts
        driver_connection().execute(_WATCHES, (*amounts, wallet.org_id))

"""Posting the usage of a batch: a transfer for each organization and group, by the rules of the ledger.

Each transfer is chained to the one before, and a day's usage of a group is one line, as `ledger.post` does it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.billing.wallet.batches import LockedWallet
from app.database.arrays import columns
from app.extensions import driver_connection
from app.ids import uuid7_texts
from app.models import UsageGroup

_LINES = """
INSERT INTO wallet_line (org_id, id, seq, first_seq, day, at, kind, usage_group, amount_micro, detail)
SELECT org_id, id, seq, seq, day, at, 'usage', usage_group, -amount, ''
FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::date[], %s::timestamptz[], %s::text[], %s::bigint[])
    AS fresh (org_id, id, seq, day, at, usage_group, amount)
ON CONFLICT (org_id, day, usage_group) WHERE usage_group IS NOT NULL
DO UPDATE SET seq = excluded.seq, at = excluded.at, amount_micro = wallet_line.amount_micro + excluded.amount_micro
RETURNING org_id, usage_group, id, amount_micro"""

_TRANSFERS = """
INSERT INTO transfer (org_id, id, seq, debit, credit, amount_micro, balance_after_micro, kind, source, line_id,
    line_after_micro, posted_at, recorded_at)
SELECT org_id, id, seq, 'wallet', usage_group, amount, balance, 'usage', source, line_id, line_after, at, now()
FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::uuid[],
    %s::bigint[], %s::timestamptz[]) AS fresh (org_id, id, seq, usage_group, amount, balance, source, line_id,
    line_after, at)"""

_ACCOUNTS = """
UPDATE account SET balance_micro = account.balance_micro + change.amount
FROM unnest(%s::uuid[], %s::text[], %s::bigint[]) AS change (org_id, name, amount)
WHERE account.org_id = change.org_id AND account.name = change.name"""


@dataclass(frozen=True, slots=True)
class UsageCharge:
    """The cost of an organization's usage of a group, in micro-units above zero; `at` is when it is posted, on `day`
    (`ledger.own_posting_time`)."""

    wallet: LockedWallet
    group: UsageGroup
    amount: int
    at: datetime
    day: date


def post(charges: list[UsageCharge], *, source: str) -> None:
    """Post usage of locked wallets, one transfer an organization and group. Three statements; `batches.save` follows.

    `source` names the batch: with the group it is the transfers' source. The given wallets are updated.
    """
    if not charges:
        return
    rows = [_Row.after(charge) for charge in charges]
    ids = uuid7_texts(2 * len(rows))
    lines = driver_connection().execute(
        _LINES,
        columns(
            (row.org_id, id_, row.seq, row.day, row.at, row.group, row.amount)
            for row, id_ in zip(rows, ids, strict=False)
        ),
    )
    written = {(org_id, group): (line_id, after) for org_id, group, line_id, after in lines.fetchall()}
    driver_connection().execute(
        _TRANSFERS,
        columns(
            (
                row.org_id,
                id_,
                row.seq,
                row.group,
                row.amount,
                row.balance,
                f"{source}:{row.group}",
                *written[row.org_id, row.group],
                row.at,
            )
            for row, id_ in zip(rows, ids[len(rows) :], strict=True)
        ),
    )
    changes: dict[tuple[UUID, str], int] = {}
    for row in rows:
        for account, change in (("wallet", -row.amount), (row.group, row.amount)):
            changes[row.org_id, account] = changes.get((row.org_id, account), 0) + change
    driver_connection().execute(_ACCOUNTS, columns((*key, change) for key, change in sorted(changes.items())))


@dataclass(frozen=True, slots=True)
class _Row:
    org_id: UUID
    group: str
    amount: int
    seq: int
    balance: int
    day: date
    at: datetime

    @classmethod
    def after(cls, charge: UsageCharge) -> _Row:
        """The next transfer of a wallet, which is updated."""
        wallet = charge.wallet
        wallet.last_seq += 1
        wallet.posted -= charge.amount
        wallet.last_posted_at = charge.at
        return cls(
            wallet.org_id,
            charge.group.value,
            charge.amount,
            wallet.last_seq,
            wallet.posted,
            charge.day,
            charge.at,
        )

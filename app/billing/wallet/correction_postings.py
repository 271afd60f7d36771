"""Posting the corrections of a batch: a transfer and a history line for each, in a handful of statements.

What `app.billing.wallet.ledger.post` does for one adjustment is done here for all of a batch, by the same rules: each
transfer is chained to the one before, and names the transfer of usage that it corrects.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from app.billing.wallet import envelope_moves
from app.billing.wallet.batches import LockedWallet
from app.billing.wallet.envelope_moves import Move, OpenEnvelope
from app.database.arrays import array, columns
from app.extensions import driver_connection
from app.ids import uuid7_texts
from app.models import AccountName

_POST = """
WITH fresh AS (
    SELECT * FROM unnest(%s::uuid[], %s::bigint[], %s::date[], %s::timestamptz[], %s::bigint[], %s::text[],
        %s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::uuid[], %s::uuid[])
        AS fresh (org_id, seq, day, at, amount, detail, corrects_seq, debit, credit, balance, id, line_id)
), line AS (
    INSERT INTO wallet_line (org_id, id, seq, first_seq, day, at, kind, amount_micro, detail, corrects_seq)
    SELECT org_id, line_id, seq, seq, day, at, 'adjustment', amount, detail, corrects_seq FROM fresh
)
INSERT INTO transfer (org_id, id, seq, debit, credit, amount_micro, balance_after_micro, kind, source, line_id,
    line_after_micro, posted_at, recorded_at)
SELECT org_id, id, seq, debit, credit, abs(amount), balance, 'adjustment', 'correction:' || id, line_id, amount, at,
    now()
FROM fresh"""

# An organization has no account of a name that came later until it is used.
_ACCOUNTS = """
INSERT INTO account (org_id, name, balance_micro)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::bigint[])
ON CONFLICT (org_id, name) DO UPDATE SET balance_micro = account.balance_micro + excluded.balance_micro"""


_OF_WALLET = AccountName.WALLET.value


@dataclass(frozen=True, slots=True)
class CorrectionCharge:
    """What a correction changes, in micro-units: above zero it is charged, below zero it returns credit. `at` is when
    it is posted, on `day`; `corrects_seq` is the position of the usage's own transfer.
    `account` is the name of the revenue's."""

    account: str
    amount: int
    at: datetime
    day: date
    corrects_seq: int | None
    detail: str
    campaign: str | None


@dataclass(slots=True)
class CorrectionPostings:
    """The corrections of a batch, on locked and settled wallets, which are updated with each; `write` stores them.

    `envelopes` are the open ones of the campaigns that are corrected, by organization and campaign.
    """

    envelopes: dict[tuple[UUID, str], OpenEnvelope]
    _rows: list[tuple[object, ...]] = field(default_factory=list)
    _changes: dict[tuple[UUID, str], int] = field(default_factory=lambda: defaultdict(int))
    _drawn: dict[tuple[UUID, str], int] = field(default_factory=lambda: defaultdict(int))

    def add(self, wallet: LockedWallet, charge: CorrectionCharge) -> None:
        """Post one, which costs or returns something."""
        org_id, amount = wallet.org_id, charge.amount
        wallet.last_seq += 1
        wallet.posted -= amount
        wallet.last_posted_at = charge.at
        debit, credit = (_OF_WALLET, charge.account) if amount > 0 else (charge.account, _OF_WALLET)
        self._rows.append(
            (
                org_id,
                wallet.last_seq,
                charge.day,
                charge.at,
                -amount,
                charge.detail,
                charge.corrects_seq,
                debit,
                credit,
                wallet.posted,
            )
        )
        self._changes[org_id, _OF_WALLET] -= amount
        self._changes[org_id, charge.account] += amount
        self._draw(org_id, charge)

    def write(self, wallets: dict[UUID, LockedWallet]) -> None:
        """Store them. Two statements, and one where envelopes have changed; `batches.save` follows."""
        count = len(self._rows)
        if not count:
            return
        connection = driver_connection()
        ids = uuid7_texts(2 * count)
        connection.execute(_POST, [*columns(self._rows), array(ids[:count]), array(ids[count:])])
        connection.execute(
            _ACCOUNTS, columns((*key, change) for key, change in sorted(self._changes.items()))
        )
        moves = [
            Move(key[0], self.envelopes[key].id, spent=spent)
            for key, spent in sorted(self._drawn.items())
            if spent
        ]
        for moved in envelope_moves.move_many(moves):
            wallets[moved.org_id].apply(moved)

    def _draw(self, org_id: UUID, charge: CorrectionCharge) -> None:
        """Draw what it costs from the open envelope of its campaign as far as that goes, or return what it refunds,
        as far as usage was drawn from it."""
        key = (org_id, charge.campaign or "")
        envelope = self.envelopes.get(key)
        if envelope is None:
            return
        drawn = self._drawn[key]
        if charge.amount > 0:
            self._drawn[key] += max(min(charge.amount, envelope.left - drawn), 0)
        else:
            self._drawn[key] += max(charge.amount, -(envelope.spent + drawn))

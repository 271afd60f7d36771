"""The first message: lock the wallets, and read what operations on their holds depend on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from app.billing.fast_holds.known_terms import ANNOUNCED, KnownTerms
from app.billing.fast_holds.operations import End, Operation
from app.billing.fast_holds.rows import HoldRow, Standing, WalletRow
from app.billing.usage import quotes
from app.clock import clock
from app.database import fast
from app.database.arrays import array, columns
from app.database.messages import FastConnection, Statement
from app.models import CallingState, HoldState

_WALLET = tuple(one.name for one in fields(WalletRow))
_LOCK = f"""
SELECT {", ".join(_WALLET)},
    EXISTS (SELECT FROM hold
            WHERE hold.org_id = wallet.org_id AND hold.state = 'active' AND hold.expires_at <= now())
FROM wallet WHERE org_id = ANY(%s::uuid[]) ORDER BY org_id FOR UPDATE"""  # noqa: S608, names of columns
"""In order of their ids, as `app.billing.wallet.batches` does. All that follows sees what was committed before the
locks were acquired."""

_HOLDS = """
SELECT hold.org_id, id, hold.key, amount_micro, used_micro, slice, is_final, state, campaign, envelope_id,
    set_aside_micro, asked, slice_asked, expires_at
FROM unnest(%s::uuid[], %s::text[]) AS wanted (org_id, key)
JOIN hold ON hold.org_id = wanted.org_id AND hold.key = wanted.key"""

_UNITS = """
SELECT hold.org_id, hold.key, period_start, meter, reserved
FROM unnest(%s::uuid[], %s::text[]) AS wanted (org_id, key)
JOIN hold ON hold.org_id = wanted.org_id AND hold.key = wanted.key
JOIN hold_allowance ON hold_allowance.org_id = hold.org_id AND hold_allowance.hold_id = hold.id"""


@dataclass(frozen=True, slots=True)
class Read:
    """What the first message says: the time, the row of the caller's token, and the organizations as they stand.

    Those that are missing have other terms than those known, or don't exist.
    """

    at: datetime
    token: tuple[Any, ...] | None
    standings: dict[UUID, Standing]


def read(
    connection: FastConnection,
    operations: Sequence[Operation],
    known: Mapping[UUID, KnownTerms],
    gate: tuple[UUID, str, Mapping[str, str]],
    locked: ExitStack,
) -> Read:
    """Begin a transaction and lock the wallets of operations, all of whose terms are known.

    `gate` is the id of the caller's token, and a statement that reads its row. `locked` is closed when the locks are
    acquired.
    """
    token_id, of_token, asked = gate
    org_ids = sorted({operation.org_id for operation in operations})
    guess = clock.about_now()
    keys = _keys(operations, known, guess)
    named = columns(sorted({(operation.org_id, operation.key) for operation in operations}))
    message: list[Statement] = [
        ("BEGIN", ()),
        fast.seeing(org_ids, token_id),
        (_LOCK, [array(org_ids)]),
        (_with_announced(of_token), asked),
        (_HOLDS, named),
    ]
    if keys:
        by_key = [array(sorted(set(values))) for values in zip(*keys, strict=True)]
        message += [(quotes.COUNTS, by_key), (quotes.RESERVED, by_key)]
        if any(isinstance(operation, End) for operation in operations):
            message.append((_UNITS, named))
    _, [[at, _]], wallets, tokens, holds, *counted = connection.send(*message)
    locked.close()
    counts, reserved, units = [*counted, [], [], []][:3]
    token, versions = (tokens[0][:-1], tokens[0][-1]) if tokens else (None, "")
    standings = {}
    for *row, has_expired in wallets:
        wallet = WalletRow(*row)
        wallet.state = CallingState(wallet.state)
        terms = known[wallet.org_id]
        if terms.are_still(wallet.terms_version, versions) and _is_alike(terms, guess, at):
            standings[wallet.org_id] = Standing(wallet, terms.billing, has_expired)
    for org_id, id_, key, amount, used, slice_, is_final, state, *rest in holds:
        if org_id in standings:
            hold = HoldRow(org_id, id_, key, amount, used, slice_, is_final, HoldState(state), *rest)
            standings[org_id].holds[key] = hold
    for count in counts:
        if count[0] in standings:
            standings[count[0]].counts.append(count)
    for org_id, period, meter, total in reserved:
        if org_id in standings:
            standings[org_id].reserved[period, meter] = total
    for org_id, key, period, meter, total in units:
        if org_id in standings:
            standings[org_id].holds[key].reserved[period, meter] = total
    return Read(at, token, standings)


@cache
def _with_announced(of_token: str) -> str:
    """The statement of a token's row with the announced versions beside it."""
    return f"SELECT token.*, ({ANNOUNCED}) FROM ({of_token}) token"  # noqa: S608, statements of ours


def _keys(
    operations: Sequence[Operation], known: Mapping[UUID, KnownTerms], at: datetime
) -> set[tuple[UUID, Any, str]]:
    """The organizations, periods, and meters or allowances of which counts are needed."""
    found = set()
    for operation in operations:
        if not isinstance(operation, End):
            billing = known[operation.org_id].billing
            for period, name in quotes.keys_of(billing, operation.wanted, at=at):
                found.add((operation.org_id, period, name))
    return found


def _is_alike(terms: KnownTerms, guess: datetime, at: datetime) -> bool:
    """Whether usage of both times is rated by the same plan and period."""
    of = terms.billing.terms
    days = [one.astimezone(of.zone).date() for one in (guess, at)]
    return of.plan_at(guess) is of.plan_at(at) and of.period_of(days[0]) == of.period_of(days[1])

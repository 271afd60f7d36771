"""The second message: write what operations have changed, and commit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from app.billing.fast_holds.rows import HoldRow, Standing
from app.database.arrays import columns
from app.database.messages import FastConnection, Statement
from app.models import HoldState

_json = msgspec.json.Encoder()

_INSERT = """
INSERT INTO hold (org_id, id, key, amount_micro, used_micro, slice, is_final, state, call, agent, campaign,
    destination, destination_class, set_aside_micro, is_inbound, asked, slice_asked, created_at, expires_at, ended_at)
SELECT org_id, id, key, amount, 0, slice, false, state, call, agent, campaign, destination, class, 0, is_inbound,
    asked::jsonb, slice_asked::jsonb, created_at, expires_at, ended_at
FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::bigint[], %s::int[], %s::text[], %s::text[], %s::text[],
    %s::text[], %s::text[], %s::text[], %s::bool[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[],
    %s::timestamptz[]) AS fresh (org_id, id, key, amount, slice, state, call, agent, campaign, destination, class,
        is_inbound, asked, slice_asked, created_at, expires_at, ended_at)"""

_UPDATE = """
UPDATE hold SET amount_micro = fresh.amount, slice = fresh.slice, slice_asked = fresh.slice_asked::jsonb,
    state = fresh.state, expires_at = fresh.expires_at, ended_at = fresh.ended_at
FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::int[], %s::text[], %s::text[], %s::timestamptz[],
    %s::timestamptz[]) AS fresh (org_id, id, amount, slice, slice_asked, state, expires_at, ended_at)
WHERE hold.org_id = fresh.org_id AND hold.id = fresh.id"""

_INCLUDE = """
INSERT INTO hold_allowance (org_id, period_start, meter, hold_id, reserved, worth_micro)
SELECT * FROM unnest(%s::uuid[], %s::date[], %s::text[], %s::uuid[], %s::bigint[], %s::bigint[])
ON CONFLICT (org_id, period_start, meter, hold_id) DO UPDATE SET
    reserved = hold_allowance.reserved + excluded.reserved,
    worth_micro = hold_allowance.worth_micro + excluded.worth_micro"""

_RELEASE = """
DELETE FROM hold_allowance USING unnest(%s::uuid[], %s::uuid[]) AS ended (org_id, hold_id)
WHERE hold_allowance.org_id = ended.org_id AND hold_allowance.hold_id = ended.hold_id"""

_WALLETS = """
UPDATE wallet SET held_micro = fresh.held, version = wallet.version + fresh.moves
FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[]) AS fresh (org_id, held, moves)
WHERE wallet.org_id = fresh.org_id"""


def write(connection: FastConnection, standings: Iterable[Standing]) -> None:
    """Write the holds and wallets that have changed, and commit."""
    moved = [standing for standing in standings if standing.moves]
    holds = [hold for standing in moved for hold in standing.holds.values()]
    made = [hold for hold in holds if hold.is_new]
    changed = [hold for hold in holds if hold.is_changed and not hold.is_new]
    ended = [hold for hold in changed if hold.state is not HoldState.ACTIVE]
    included = [
        (hold.org_id, period, meter, hold.id, counted.units, counted.worth)
        for hold in holds
        if hold.state is HoldState.ACTIVE
        for (period, meter), counted in hold.included.items()
    ]
    message: list[Statement] = []
    if made:
        message.append((_INSERT, columns(map(_made, made))))
    if changed:
        message.append((_UPDATE, columns(map(_changed, changed))))
    if included:
        message.append((_INCLUDE, columns(included)))
    if ended:
        message.append((_RELEASE, columns((hold.org_id, hold.id) for hold in ended)))
    if moved:
        rows = [(one.wallet.org_id, one.wallet.held_micro, one.moves) for one in moved]
        message.append((_WALLETS, columns(rows)))
    connection.send(*message, ("COMMIT", ()))


def _made(hold: HoldRow) -> tuple[Any, ...]:
    return (
        hold.org_id,
        hold.id,
        hold.key,
        hold.amount_micro,
        hold.slice,
        hold.state.value,
        hold.call,
        hold.agent,
        hold.campaign,
        hold.destination,
        hold.destination_class,
        hold.is_inbound,
        _as_json(hold.asked),
        _as_json(hold.slice_asked),
        hold.created_at,
        hold.expires_at,
        hold.ended_at,
    )


def _changed(hold: HoldRow) -> tuple[Any, ...]:
    return (
        hold.org_id,
        hold.id,
        hold.amount_micro,
        hold.slice,
        _as_json(hold.slice_asked),
        hold.state.value,
        hold.expires_at,
        hold.ended_at,
    )


def _as_json(request: dict[str, Any] | None) -> str | None:
    return _json.encode(request).decode() if request is not None else None

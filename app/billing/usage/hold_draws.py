"""Usage that names a hold is drawn from what the hold reserves, so that the same credit isn't counted twice.

The same applies to the units of an allowance that the hold has reserved. Reservations don't affect the cost of usage:
it is rated by what the period has used, so no one pays for a minute because an unsuccessful call had reserved it.
Usage without a hold, or with another one, may therefore use units that a hold has reserved. Then the newest such hold
reserves credit instead, as much as those units are worth and the wallet has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.billing.usage.envelope_draws import EnvelopeDraws
from app.billing.usage.rater import RatingContext
from app.billing.usage.rows import RatedEvent
from app.billing.wallet.batches import LockedWallet
from app.database.arrays import columns
from app.extensions import driver_connection

_DRAW = """
UPDATE hold SET amount_micro = hold.amount_micro - least(hold.amount_micro, was.cost),
    set_aside_micro = hold.set_aside_micro - least(hold.set_aside_micro, was.cost),
    used_micro = hold.used_micro + was.cost
FROM (SELECT hold.org_id, hold.id, hold.amount_micro, hold.set_aside_micro, asked.cost
      FROM unnest(%s::uuid[], %s::text[], %s::bigint[]) AS asked (org_id, key, cost)
      JOIN hold ON hold.org_id = asked.org_id AND hold.key = asked.key AND hold.state = 'active') AS was
WHERE hold.org_id = was.org_id AND hold.id = was.id
RETURNING hold.org_id, hold.key, was.amount_micro - hold.amount_micro, hold.envelope_id,
    was.set_aside_micro - hold.set_aside_micro"""

_COUNTED_ON = """
SELECT counted.org_id, counted.period_start, counted.meter, counted.hold_id, hold.key, counted.reserved,
    counted.worth_micro, hold.is_inbound
FROM unnest(%s::uuid[], %s::date[], %s::text[]) AS asked (org_id, period_start, meter)
JOIN hold_allowance counted USING (org_id, period_start, meter)
JOIN hold ON hold.org_id = counted.org_id AND hold.id = counted.hold_id
ORDER BY hold.created_at DESC, hold.id DESC"""

_GONE = """
DELETE FROM hold_allowance USING unnest(%s::uuid[], %s::date[], %s::text[], %s::uuid[])
    AS gone (org_id, period_start, meter, hold_id)
WHERE hold_allowance.org_id = gone.org_id AND hold_allowance.period_start = gone.period_start
    AND hold_allowance.meter = gone.meter AND hold_allowance.hold_id = gone.hold_id"""

_LEFT = """
UPDATE hold_allowance SET reserved = fresh.reserved, worth_micro = fresh.worth
FROM unnest(%s::uuid[], %s::date[], %s::text[], %s::uuid[], %s::bigint[], %s::bigint[])
    AS fresh (org_id, period_start, meter, hold_id, reserved, worth)
WHERE hold_allowance.org_id = fresh.org_id AND hold_allowance.period_start = fresh.period_start
    AND hold_allowance.meter = fresh.meter AND hold_allowance.hold_id = fresh.hold_id"""

_GIVE = """
UPDATE hold SET amount_micro = hold.amount_micro + fresh.amount
FROM (SELECT org_id, id, sum(amount)::bigint AS amount
      FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[]) AS each_one (org_id, id, amount) GROUP BY 1, 2) AS fresh
WHERE hold.org_id = fresh.org_id AND hold.id = fresh.id"""


def draw(wallets: dict[UUID, LockedWallet], rated: list[RatedEvent]) -> None:
    """Deduct the cost of events from the holds that they name, and from the held credit of their wallets. One
    statement.

    A hold that has ended, or never existed, covers nothing: its usage is charged all the same. What no hold covers is
    deducted from the envelope of the event's campaign, in up to two statements where a wallet has open envelopes.
    Only with the wallets locked and settled, because holds change with them.
    """
    costs: dict[tuple[UUID, str], int] = defaultdict(int)
    for one in rated:
        if one.event.hold is not None:
            costs[one.event.org_id, one.event.hold] += one.charge.amount.micro
    covered: dict[tuple[UUID, str], int] = {}
    draws = EnvelopeDraws()
    if costs:
        rows = columns((*key, cost) for key, cost in sorted(costs.items()))
        for org_id, key, taken, envelope_id, set_aside in driver_connection().execute(_DRAW, rows):
            wallets[org_id].held -= taken
            covered[org_id, key] = taken
            if set_aside:
                draws.use_held(org_id, envelope_id, set_aside)
    draws.use_left(wallets, rated, covered)
    for moved in draws.move():
        wallets[moved.org_id].apply(moved)


@dataclass(slots=True)
class _Counted:
    """What a hold has reserved of an allowance: units, and what they would cost beyond it, in micro-units."""

    org_id: UUID
    period: date
    pool: str
    hold_id: UUID
    key: str
    units: int
    worth: int
    is_inbound: bool
    is_changed: bool = False

    @property
    def row(self) -> tuple[Any, ...]:
        return (self.org_id, self.period, self.pool, self.hold_id)

    def take(self, most: int) -> tuple[int, int]:
        """Deduct up to `most` units; returns how many, and what they are worth."""
        units = min(self.units, most)
        worth = -(-self.worth * units // self.units) if units else 0
        self.units -= units
        self.worth -= worth
        self.is_changed = self.is_changed or units > 0
        return units, worth


def draw_included(
    wallets: dict[UUID, LockedWallet],
    contexts: Sequence[RatingContext],
    rated: list[RatedEvent],
    *,
    at: datetime,
) -> None:
    """Deduct the units of events from the holds that they name, and make sure that no hold has reserved units that
    are used up. One statement, and up to three if reserved units have changed.

    `contexts` are those of all rated usage and corrections of the batch. Only with the wallets locked.
    """
    touched = {
        (context.name, period, pool)
        for context in contexts
        for (period, pool), counted in context.counts.items()
        if counted.is_changed and pool in context.terms.plan_at(at).allowances
    }
    if not touched:
        return
    found = driver_connection().execute(_COUNTED_ON, columns(sorted(touched))).fetchall()
    if not found:
        return
    by_pool: dict[tuple[UUID, date, str], list[_Counted]] = defaultdict(list)
    for row in found:
        by_pool[row[:3]].append(_Counted(*row))
    _take_named(by_pool, rated)
    given = _give_credit(by_pool, {context.org_id: context for context in contexts}, wallets, at)
    _write([one for counted in by_pool.values() for one in counted if one.is_changed], given)


def _take_named(by_pool: dict[tuple[UUID, date, str], list[_Counted]], rated: list[RatedEvent]) -> None:
    used: dict[tuple[UUID, date, str, str], int] = defaultdict(int)
    for one in rated:
        if one.event.hold is not None:
            line = one.line
            used[line.context.org_id, line.period, line.plan.pool_of(line.meter), one.event.hold] += (
                one.charge.billable
            )
    for (org_id, period, pool, key), units in used.items():
        for counted in by_pool.get((org_id, period, pool), ()):
            if counted.key == key:
                counted.take(units)


def _give_credit(
    by_pool: dict[tuple[UUID, date, str], list[_Counted]],
    contexts: dict[UUID, RatingContext],
    wallets: dict[UUID, LockedWallet],
    at: datetime,
) -> list[tuple[UUID, UUID, int]]:
    """Credit in place of units that are used up, newest hold first: organization, hold and micro-units."""
    given = []
    for (org_id, period, pool), holds in by_pool.items():
        context, wallet = contexts[org_id], wallets[org_id]
        left = context.terms.plan_at(at).allowances.get(pool, 0) - context.counts[period, pool].used
        too_many = sum(one.units for one in holds) - max(left, 0)
        for one in holds:
            if too_many <= 0:
                break
            units, worth = one.take(too_many)
            too_many -= units
            credit = min(worth, wallet.credit.spendable(inbound=one.is_inbound))
            wallet.held += credit
            given.append((org_id, one.hold_id, credit))
    return given


def _write(changed: list[_Counted], given: list[tuple[UUID, UUID, int]]) -> None:
    connection = driver_connection()
    gone = [one.row for one in changed if not one.units]
    left = [(*one.row, one.units, one.worth) for one in changed if one.units]
    if gone:
        connection.execute(_GONE, columns(gone))
    if left:
        connection.execute(_LEFT, columns(left))
    if given:
        connection.execute(_GIVE, columns(given))

"""Usage that names a hold takes from what the hold reserves, so that the same credit isn't counted twice."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from app.billing.arrays import columns
from app.billing.ledger_batches import LockedWallet
from app.billing.usage_rows import RatedEvent
from app.extensions import driver_connection

_DRAW = """
UPDATE hold SET amount_micro = hold.amount_micro - least(hold.amount_micro, was.cost),
    used_micro = hold.used_micro + was.cost
FROM (SELECT hold.org_id, hold.id, hold.amount_micro, asked.cost
      FROM unnest(%s::uuid[], %s::text[], %s::bigint[]) AS asked (org_id, key, cost)
      JOIN hold ON hold.org_id = asked.org_id AND hold.key = asked.key AND hold.state = 'active') AS was
WHERE hold.org_id = was.org_id AND hold.id = was.id
RETURNING hold.org_id, was.amount_micro - hold.amount_micro"""


def draw(wallets: dict[UUID, LockedWallet], rated: list[RatedEvent]) -> None:
    """Take the cost of events from the holds that they name, and from what their wallets hold. One statement.

    A hold that has ended, or that there never was, takes nothing: its usage is charged all the same. Only with the
    wallets locked, because holds change with theirs.
    """
    costs: dict[tuple[UUID, str], int] = defaultdict(int)
    for one in rated:
        if one.event.hold is not None:
            costs[one.event.org_id, one.event.hold] += one.charge.amount.micro
    if not costs:
        return
    rows = columns((*key, cost) for key, cost in sorted(costs.items()))
    for org_id, taken in driver_connection().execute(_DRAW, rows):
        wallets[org_id].held -= taken

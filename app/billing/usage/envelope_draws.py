"""Usage of a campaign is drawn from its envelope: what calls hold of it first, then what is left of it.

So available credit only pays for what an envelope doesn't have. That also goes for usage that names no hold, or one
that has ended, and for what usage costs beyond its hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from app.billing.usage.rows import RatedEvent
from app.billing.wallet import envelope_moves
from app.billing.wallet.batches import LockedWallet
from app.billing.wallet.envelope_moves import Move, Moved


class EnvelopeDraws:
    """What the usage of a batch draws from envelopes, in micro-units."""

    def __init__(self) -> None:
        self._held: dict[tuple[UUID, UUID], int] = defaultdict(int)
        self._spent: dict[tuple[UUID, UUID], int] = defaultdict(int)

    def use_held(self, org_id: UUID, envelope_id: UUID, amount: int) -> None:
        """Usage was drawn from what a hold has of an envelope."""
        self._held[org_id, envelope_id] -= amount
        self._spent[org_id, envelope_id] += amount

    def use_left(
        self,
        wallets: Mapping[UUID, LockedWallet],
        rated: Sequence[RatedEvent],
        covered: Mapping[tuple[UUID, str], int],
    ) -> None:
        """Draw what holds haven't `covered` from open envelopes, by the campaigns of the events.

        One statement; none where no wallet has an open envelope.
        """
        having = {org_id for org_id, wallet in wallets.items() if wallet.envelope_ends_at is not None}
        if not having:
            return
        uncovered = _uncovered([one for one in rated if one.event.org_id in having], dict(covered))
        for key, envelope in envelope_moves.find_many(uncovered).items():
            if drawn := min(uncovered[key], envelope.left):
                self._spent[key[0], envelope.id] += drawn

    def move(self) -> list[Moved]:
        """Write all of it. One statement; none where nothing is drawn."""
        return envelope_moves.move_many(
            [
                Move(*key, held=self._held.get(key, 0), spent=spent)
                for key, spent in sorted(self._spent.items())
            ]
        )


def _uncovered(
    rated: Sequence[RatedEvent], covered: dict[tuple[UUID, str], int]
) -> dict[tuple[UUID, str], int]:
    """What events cost beyond their holds, by organization and campaign."""
    beyond: dict[tuple[UUID, str], int] = defaultdict(int)
    for one in rated:
        event, cost = one.event, one.charge.amount.micro
        if event.hold is not None:
            own = min(covered.get((event.org_id, event.hold), 0), cost)
            covered[event.org_id, event.hold] = covered.get((event.org_id, event.hold), 0) - own
            cost -= own
        if event.campaign is not None and cost > 0:
            beyond[event.org_id, event.campaign] += cost
    return beyond

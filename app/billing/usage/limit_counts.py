"""Counts charged usage toward limits, for organizations that have any."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from app.billing.limits import charged
from app.billing.limits.charged import Spent
from app.billing.usage.rater import RatingContext
from app.billing.usage.rows import RatedEvent
from app.billing.wallet.batches import LockedWallet
from app.extensions import enqueue


def count(
    wallets: Mapping[UUID, LockedWallet],
    contexts: Mapping[UUID, RatingContext],
    rated: Iterable[RatedEvent],
    *,
    at: datetime,
) -> None:
    """Count what events cost, with the wallets locked. One statement if any of them counts spend, otherwise none.

    Owners and the platform are told of limits that it comes near or reaches.
    """
    counting = {org_id for org_id, wallet in wallets.items() if wallet.counts_spend}
    if not counting:
        return
    spent = [_spent(one) for one in rated if one.line.context.org_id in counting]
    zones = {org_id: contexts[org_id].zone for org_id in counting}
    for passed in charged.add(spent, zones, at):
        enqueue(
            "tell_of_limit",
            org_id=str(passed.org_id),
            limit_id=str(passed.limit_id),
            percent=passed.percent,
            spent_micro=passed.spent_micro,
            at=at.isoformat(),
        )


def _spent(one: RatedEvent) -> Spent:
    event = one.event
    return Spent(one.line.context.org_id, event.campaign, event.agent, event.hold, one.charge.amount.micro)

"""What a hold or a slice was asked for with: the same request again is answered again, and another one is told apart.

It is kept as it was asked, rather than as a digest, so that an answer can say what differs.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.billing.wallet.hold_prices import Priced
from app.money import Money

Request = dict[str, Any]
"""Fields by the names that the API gives them."""


def describe_hold(
    asked: Money | Priced, lease: timedelta, *, call: str | None, agent: str | None, campaign: str | None
) -> Request:
    """What a hold is asked for with."""
    return describe_slice(asked, lease) | {"call": call, "agent": agent, "campaign": campaign}


def describe_slice(asked: Money | Priced, lease: timedelta) -> Request:
    """What a further slice is asked for with."""
    wanted = {"amount_micro": asked.micro} if isinstance(asked, Money) else {"usage": asked.content}
    return wanted | {"lease_seconds": lease.total_seconds()}


def differences(before: Request | None, now: Request) -> list[str]:
    """The fields in which requests differ; none where it isn't known what was asked for before."""
    if before is None:
        return []
    return [field for field in {**now, **before} if before.get(field) != now.get(field)]

"""The request of a hold or a slice, to tell a repeated request from a different one.

It is stored in full, rather than as a digest, so that a response can say what differs.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.billing.wallet.hold_prices import Priced
from app.money import Money

Request = dict[str, Any]
"""Fields by their names in the API."""


def describe_hold(
    asked: Money | Priced,
    lease: timedelta,
    *,
    call: str | None,
    agent: str | None,
    campaign: str | None,
    to: str | None = None,
) -> Request:
    """The request of a hold. `to` is a number or a country; without it, the request is as those from before."""
    named = {"call": call, "agent": agent, "campaign": campaign}
    return describe_slice(asked, lease) | named | ({} if to is None else {"to": to})


def describe_slice(asked: Money | Priced, lease: timedelta) -> Request:
    """The request of a further slice."""
    wanted = {"amount_micro": asked.micro} if isinstance(asked, Money) else {"usage": asked.content}
    return wanted | {"lease_seconds": lease.total_seconds()}


def differences(before: Request | None, now: Request) -> list[str]:
    """The fields in which requests differ; none if the earlier request is unknown."""
    if before is None:
        return []
    return [field for field in {**now, **before} if before.get(field) != now.get(field)]

"""The request of a hold or a slice, to tell a repeated request from a different one.

It is stored in full, rather than as a digest, so that a response can say what differs. What a repeated request comes
to is the same the careful way and the fast one (`app.billing.fast_holds`): nothing, or a refusal.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Protocol

from app.billing.wallet.hold_prices import Priced
from app.billing.wallet.hold_refusals import HoldEndedError, OtherContentError, WrongSliceError
from app.models import HoldState
from app.money import Money

Request = dict[str, Any]
"""Fields by their names in the API."""


class Requested(Protocol):
    """A hold with the requests that made it what it is."""

    @property
    def key(self) -> str: ...
    @property
    def state(self) -> HoldState: ...
    @property
    def slice(self) -> int: ...
    @property
    def is_final(self) -> bool: ...
    @property
    def asked(self) -> Request | None: ...
    @property
    def slice_asked(self) -> Request | None: ...


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


def require_active(hold: Requested) -> None:
    """Raises `HoldEndedError`."""
    if hold.state is not HoldState.ACTIVE:
        raise HoldEndedError(hold.key, hold.state)


def require_same(hold: Requested, request: Request) -> None:
    """Of a hold that exists, the request has to be the one that created it. Raises `HoldEndedError` and
    `OtherContentError`."""
    require_active(hold)
    if differs := differences(hold.asked, request):
        raise OtherContentError(f"The hold {hold.key!r}", differs)


def is_next_slice(hold: Requested, number: int, request: Request) -> bool:
    """Whether the slice of this number is to be reserved; not if it repeats the newest one, or the hold is final.
    Raises `OtherContentError` and `WrongSliceError`."""
    if number == hold.slice:
        if differs := differences(hold.slice_asked, request):
            raise OtherContentError(f"Slice {number} of the hold {hold.key!r}", differs)
        return False
    if hold.is_final:
        return False
    if number != hold.slice + 1:
        raise WrongSliceError(hold.slice + 1)
    return True

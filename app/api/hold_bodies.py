"""Request and response bodies of the hold endpoints."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta, Struct

from app.api.amounts import Amount
from app.api.limit_bodies import To
from app.billing.fast_holds import HoldRow
from app.billing.usage.cloudevents import Name
from app.billing.usage.events import LONGEST
from app.models import Hold, HoldState
from app.money import Money


class Quantity(Struct, frozen=True, forbid_unknown_fields=True):
    """Usage to reserve credit for."""

    meter: Annotated[str, Meta(min_length=1, max_length=60)]
    quantity: Annotated[int, Meta(ge=0, le=10**9)]


Wanted = Annotated[
    list[Quantity],
    Meta(
        min_length=1,
        max_length=20,
        description="Priced by the plan, after the remaining allowances and what other holds reserve of "
        "them.",
    ),
]
Seconds = Annotated[int, Meta(ge=5, le=3600, description="How long the slice lasts if it isn't renewed.")]


Key = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=LONGEST,
        # It is part of an address, so it must be a single line.
        pattern=r"^(?![\s\S]*[\x00-\x1f\x7f])",
        description="Your own key: 1 to 255 characters without line breaks or other control characters.",
    ),
]


class NewHold(Struct, frozen=True, forbid_unknown_fields=True):
    """What to reserve, and for which call. Choose a new `key` for each hold: repeating the same request
    returns the same hold."""

    key: Key
    usage: Wanted
    lease_seconds: Seconds
    call: Name | None = None
    agent: Name | None = None
    campaign: Name | None = None
    to: To | None = None


class NextSlice(Struct, frozen=True, forbid_unknown_fields=True):
    """The next slice. `slice` starts at 2 (the hold itself is slice 1); repeating the same slice changes nothing."""

    slice: Annotated[int, Meta(ge=2, le=1_000_000)]
    usage: Wanted
    lease_seconds: Seconds


class HoldView(Struct, frozen=True):
    """A hold. `reserved` is what it still reserves; usage that names the hold is drawn from it. `used` is the
    cost so far."""

    key: str
    state: HoldState
    reserved: Amount
    used: Amount
    slice: int
    final: Annotated[
        bool,
        Meta(
            description="There was not enough credit for the whole slice: end the call within `seconds_left`."
        ),
    ]
    seconds_left: Annotated[int, Meta(description="Seconds until the hold ends unless it is renewed.")]
    expires_at: datetime


EXAMPLE = HoldView(
    key="call-5f2c",
    state=HoldState.ACTIVE,
    reserved=Amount("0.088500", "USD"),
    used=Amount("0.000000", "USD"),
    slice=1,
    final=False,
    seconds_left=120,
    expires_at=datetime(2026, 11, 24, 9, 33, 12, tzinfo=UTC),
)
"""The hold of the API's examples."""


def view_of(hold: Hold | HoldRow, currency: str, now: datetime) -> HoldView:
    """The hold as of `now`, with amounts in `currency`."""
    state = hold.state_at(now)
    is_active = state is HoldState.ACTIVE
    left = max(int((hold.expires_at - now).total_seconds()), 0) if is_active else 0
    return HoldView(
        key=hold.key,
        state=state,
        reserved=Amount.of(Money(hold.amount_micro if is_active else 0, currency)),
        used=Amount.of(Money(hold.used_micro, currency)),
        slice=hold.slice,
        final=hold.is_final,
        seconds_left=left,
        expires_at=hold.expires_at,
    )

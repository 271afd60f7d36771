"""What the endpoints of holds are sent and what they answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from app.api.amounts import Amount
from app.billing.usage.cloudevents import Name
from app.billing.usage.events import LONGEST
from app.models import Hold, HoldState
from app.money import Money


class Quantity(Struct, frozen=True, forbid_unknown_fields=True):
    """Usage that a slice is reserved for."""

    meter: Annotated[str, Meta(min_length=1, max_length=60)]
    quantity: Annotated[int, Meta(ge=0, le=10**9)]


Wanted = Annotated[
    list[Quantity],
    Meta(
        min_length=1,
        max_length=20,
        description="Priced by the plan, after what is left of the allowances and what other holds count on of them.",
    ),
]
Seconds = Annotated[int, Meta(ge=5, le=3600, description="How long the slice lasts without a renewal.")]


Key = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=LONGEST,
        # As a part of an address it has to be found again, so it is one line.
        pattern=r"^(?![\s\S]*[\x00-\x1f\x7f])",
        description="Yours, in 1 to 255 characters without line breaks and other control characters.",
    ),
]


class NewHold(Struct, frozen=True, forbid_unknown_fields=True):
    """What to reserve, and for which call. `key` is yours, and a new one for each hold: the same request again gets
    the same hold."""

    key: Key
    usage: Wanted
    lease_seconds: Seconds
    call: Name | None = None
    agent: Name | None = None
    campaign: Name | None = None


class NextSlice(Struct, frozen=True, forbid_unknown_fields=True):
    """The next slice. `slice` counts from 2, the first being the hold itself; the same again changes nothing."""

    slice: Annotated[int, Meta(ge=2, le=1_000_000)]
    usage: Wanted
    lease_seconds: Seconds


class HoldView(Struct, frozen=True):
    """A hold. `reserved` is what it still reserves: usage that names it takes from that. `used` is what it cost."""

    key: str
    state: HoldState
    reserved: Amount
    used: Amount
    slice: int
    final: Annotated[
        bool,
        Meta(
            description="Credit did not reach for the whole slice: end the call when `seconds_left` are over."
        ),
    ]
    seconds_left: Annotated[int, Meta(description="Until it ends without a renewal.")]
    expires_at: datetime


def view_of(hold: Hold, currency: str, now: datetime) -> HoldView:
    """The hold as it stands at `now`; its amounts are in `currency`."""
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

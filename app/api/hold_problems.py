"""Why a hold can't be created, renewed, or ended: the problem types and their extra members."""

from __future__ import annotations

from typing import Any

from msgspec import to_builtins

from app.api import problems
from app.api.amounts import Amount
from app.api.problems import Kind, ProblemError
from app.billing import catalog
from app.billing.wallet import calling_state
from app.billing.wallet.hold_refusals import (
    CallingPausedError,
    HoldEndedError,
    HoldError,
    NotEnoughCreditError,
    OtherContentError,
    ReserveKeptError,
    UnknownHoldError,
    WrongSliceError,
)

PAUSED = problems.Kind(
    "calling-paused",
    402,
    "Calling is paused",
    "Available credit is zero or less, so no new call may start, whatever it would cost and whatever is "
    "left of the plan's allowances. Nothing was reserved. `missing` is the smallest top-up that lets calls "
    "start again; `reason` is `no_credit`, `credit_reserved` if calls in progress reserve all remaining "
    "credit, or `set_aside` if the rest is in envelopes of campaigns, whose own calls may start.",
    "Don't start the call. The `calling.resumed` webhook tells you when calls can start again.",
)
NOT_ENOUGH = problems.Kind(
    "not-enough-credit",
    402,
    "Not enough credit",
    "Available credit doesn't cover this hold. Nothing was reserved.",
    "Don't start the call. Reserve less, or try again when there is more credit: after a top-up, or when a "
    "call ends.",
)
RESERVE_KEPT = problems.Kind(
    "reserve-kept",
    402,
    "The rest of the credit is a reserve",
    "The owners keep a reserve of credit for number rent and inbound calls. This hold isn't for an inbound "
    "call, and would take credit below the reserve. Nothing was reserved.",
    "Don't start the call. Inbound calls continue. The `outbound.resumed` webhook tells you when outbound calls "
    "can start again.",
)
HOLD_DIFFERS = problems.Kind(
    "hold-differs",
    409,
    "The hold already exists with different content",
    "A hold with this key, or this slice of it, was already accepted with different content; `differs` "
    "names the fields. Nothing was reserved.",
    "Repeat the original request unchanged, or use a new key.",
)
HOLD_ENDED = problems.Kind(
    "hold-ended",
    409,
    "The hold has ended",
    "It was captured or released, or its lease expired before it was renewed (see `state`). It reserves "
    "nothing.",
    "Don't start a call on it. Create a new hold with a new key. Usage is charged in any case.",
)
WRONG_SLICE = problems.Kind(
    "wrong-slice",
    409,
    "Unexpected slice number",
    "The slices of a hold are numbered without gaps, so that a renewal sent twice reserves only once.",
    "Send the slice number given in `expected`.",
)


_KINDS: dict[type[HoldError], Kind] = {
    CallingPausedError: PAUSED,
    NotEnoughCreditError: NOT_ENOUGH,
    ReserveKeptError: RESERVE_KEPT,
    HoldEndedError: HOLD_ENDED,
    OtherContentError: HOLD_DIFFERS,
    WrongSliceError: WRONG_SLICE,
    UnknownHoldError: problems.NOT_FOUND,
}


def problem_of(error: HoldError) -> ProblemError:
    """Why an operation on a hold was refused."""
    members: dict[str, Any] = {}
    if isinstance(error, CallingPausedError | NotEnoughCreditError | ReserveKeptError):
        members["available"] = to_builtins(Amount.of(error.available))
        members["needed"] = to_builtins(Amount.of(error.needed))
    if isinstance(error, CallingPausedError):
        missing = calling_state.missing_to_call(error.available, least=catalog.current().top_up.minimum)
        members["missing"] = to_builtins(Amount.of(missing)) if missing else None
        members["reason"] = error.reason.value
    elif isinstance(error, ReserveKeptError):
        members["reserve"] = to_builtins(Amount.of(error.reserve))
    elif isinstance(error, HoldEndedError):
        members["state"] = error.state.value
    elif isinstance(error, OtherContentError):
        members["differs"] = error.differs
    elif isinstance(error, WrongSliceError):
        members["expected"] = error.expected
    return ProblemError(_KINDS[type(error)], str(error), members=members)

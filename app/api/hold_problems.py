"""Why a hold is not made, renewed or ended: the kinds of problems, and what each says besides."""

from __future__ import annotations

from typing import Any

from msgspec import to_builtins

from app.api import problems
from app.api.amounts import Amount
from app.api.problems import ProblemError
from app.billing.wallet.holds import (
    CallingPausedError,
    HoldEndedError,
    NotEnoughCreditError,
    OtherContentError,
)

PAUSED = problems.Kind(
    "calling-paused",
    402,
    "Calling is paused",
    "No new call may start, whatever it would cost and whatever the plan's allowances have left: available credit is "
    "not above zero. Nothing was reserved. `missing` is the smallest top-up that lets calls start again; `reason` "
    "is `no_credit`, or `credit_reserved` where calls in progress reserve all that there is.",
    "Don't start the call. The webhook `calling.resumed` says when calls can start again.",
)
NOT_ENOUGH = problems.Kind(
    "not-enough-credit",
    402,
    "There is not enough credit",
    "Available credit doesn't cover what the hold would reserve. Nothing was reserved.",
    "Don't start the call. Ask for less, or again once there is more credit: after a top-up, or when a call ends.",
)
HOLD_DIFFERS = problems.Kind(
    "hold-differs",
    409,
    "The hold was asked for with other content",
    "A hold of this key is there already, or this slice of it, and was asked for with other content: `differs` names "
    "the fields. Nothing was reserved.",
    "Send the same request again as it was, or reserve with another key.",
)
HOLD_ENDED = problems.Kind(
    "hold-ended",
    409,
    "The hold has ended",
    "It was captured or released, or its lease was over before it was renewed, as `state` says. It reserves nothing.",
    "Don't start a call on it. Reserve again, with another key. What was used is charged in any case.",
)
WRONG_SLICE = problems.Kind(
    "wrong-slice",
    409,
    "Another slice comes next",
    "Slices of a hold are numbered without gaps, so that a renewal that is sent twice reserves once.",
    "Send the slice that `expected` names.",
)


def figures(error: CallingPausedError | NotEnoughCreditError) -> dict[str, Any]:
    """What is available and what would be needed, as members of a problem."""
    return {
        "available": to_builtins(Amount.of(error.available)),
        "needed": to_builtins(Amount.of(error.needed)),
    }


def ended(error: HoldEndedError) -> ProblemError:
    """The hold has ended; `state` says how."""
    return ProblemError(HOLD_ENDED, str(error), members={"state": error.hold.state.value})


def differs(error: OtherContentError) -> ProblemError:
    """The key is another request's; `differs` names the fields."""
    return ProblemError(HOLD_DIFFERS, str(error), members={"differs": error.differs})

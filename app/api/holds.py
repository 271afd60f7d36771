"""Holds: credit reserved for a call before it is spent, renewed while the call goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct, to_builtins

from app.api import problems
from app.api.amounts import Amount
from app.api.caller import no_organization
from app.api.endpoints import Answer, Body, Reply, Room
from app.api.problems import FieldError, ProblemError
from app.billing import calling, calling_status, catalog, holds, usage_quotes
from app.billing.holds import (
    CallingPausedError,
    HoldEndedError,
    NotEnoughCreditError,
    OtherContentError,
    UnknownHoldError,
    WrongSliceError,
)
from app.billing.money import Money
from app.billing.usage_cloudevents import Name
from app.billing.usage_events import LONGEST
from app.billing.usage_quotes import Quote, UnknownMeterError
from app.models import Hold, HoldState
from app.models.columns import utc_now
from app.people.tokens import Scope

room = Room("Holds", "Credit that is reserved for a call before it is spent, in slices that are renewed.")


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

_ORG = "/organizations/<uuid:org_id>/holds"
_USAGE = [Quantity("calls_outbound", 120), Quantity("tokens_out", 3000)]
_EXAMPLE = HoldView(
    key="call-5f2c",
    state=HoldState.ACTIVE,
    reserved=Amount("0.088500", "USD"),
    used=Amount("0.000000", "USD"),
    slice=1,
    final=False,
    seconds_left=120,
    expires_at=datetime(2026, 11, 24, 9, 33, 12, tzinfo=UTC),
)


@room.post(
    _ORG,
    scope=Scope.HOLDS_WRITE,
    summary="Reserve credit for a call",
    body=Body(NewHold, NewHold("call-5f2c", _USAGE, 120, "call-5f2c", "Ava", "Recall patients")),
    answers=(Answer(200, "The hold, made now or before by the same key.", HoldView, _EXAMPLE),),
    problems=(PAUSED, NOT_ENOUGH, HOLD_DIFFERS, HOLD_ENDED),
)
def reserve_hold(org_id: UUID, body: NewHold) -> Reply:
    """Before a call starts: reserve its next minutes. Concurrent calls can never reserve the same credit, nor count
    on the same rest of an allowance. While calling is paused, no hold is granted, whatever the allowances have left.

    Without a renewal the hold ends after `lease_seconds`: what was reported stays charged, the rest is free again.
    """
    now = utc_now()
    quote = _quote(org_id, body.usage, now)
    try:
        hold = holds.reserve(
            org_id,
            body.key,
            quote,
            at=now,
            lease=timedelta(seconds=body.lease_seconds),
            call=body.call,
            agent=body.agent,
            campaign=body.campaign,
        )
    except CallingPausedError as error:
        missing = calling.missing_to_call(error.available, least=catalog.current().top_up.minimum)
        members = _figures(error) | {"missing": to_builtins(Amount.of(missing)) if missing else None}
        raise ProblemError(PAUSED, str(error), members=members | {"reason": error.reason.value}) from None
    except NotEnoughCreditError as error:
        raise ProblemError(NOT_ENOUGH, str(error), members=_figures(error)) from None
    except HoldEndedError as error:
        raise _ended_problem(error) from None
    except OtherContentError as error:
        raise _differs_problem(error) from None
    return Reply(_view(hold, quote.home.currency, now))


@room.get(
    f"{_ORG}/<path:key>",
    scope=Scope.HOLDS_READ,
    summary="Look at a hold",
    parameters={"key": "The hold's own key."},
    answers=(Answer(200, "The hold.", HoldView, _EXAMPLE),),
)
def show_hold(org_id: UUID, key: str) -> Reply:
    """A hold as it is now."""
    currency = _currency(org_id)
    return Reply(_view(_found(org_id, key), currency, utc_now()))


@room.post(
    f"{_ORG}/<path:key>/renewals",
    scope=Scope.HOLDS_WRITE,
    summary="Renew a hold for the next minutes",
    parameters={"key": "The hold's own key."},
    body=Body(NextSlice, NextSlice(2, _USAGE, 120)),
    answers=(Answer(200, "The hold with its next slice.", HoldView, _EXAMPLE),),
    problems=(HOLD_DIFFERS, HOLD_ENDED, WRONG_SLICE),
)
def renew_hold(org_id: UUID, key: str, body: NextSlice) -> Reply:
    """While the call goes on, before the lease is over; while calling is paused, too, because that stops new calls
    only. Where credit and allowances don't reach for the whole slice, what there is is reserved and the answer is
    `final`, with the seconds left: time for the agent to end the call politely.
    """
    now = utc_now()
    quote = _quote(org_id, body.usage, now)
    _found(org_id, key)
    lease = timedelta(seconds=body.lease_seconds)
    try:
        renewal = holds.renew(org_id, key, quote, slice=body.slice, at=now, lease=lease)
    except HoldEndedError as error:
        raise _ended_problem(error) from None
    except OtherContentError as error:
        raise _differs_problem(error) from None
    except WrongSliceError as error:
        raise ProblemError(WRONG_SLICE, str(error), members={"expected": error.expected}) from None
    return Reply(_view(renewal.hold, quote.home.currency, now))


@room.post(
    f"{_ORG}/<path:key>/capture",
    scope=Scope.HOLDS_WRITE,
    summary="End a hold: the call is over",
    parameters={"key": "The hold's own key."},
    answers=(Answer(200, "The hold, ended.", HoldView, _EXAMPLE),),
)
def capture_hold(org_id: UUID, key: str) -> Reply:
    """The call has ended and its usage is reported, or will be: what is reserved beyond it is free again. More than
    was reserved is charged as it happened. Doing it again changes nothing.
    """
    return _ended(org_id, key, holds.capture)


@room.post(
    f"{_ORG}/<path:key>/release",
    scope=Scope.HOLDS_WRITE,
    summary="Give a hold back: there was no call",
    parameters={"key": "The hold's own key."},
    answers=(Answer(200, "The hold, ended.", HoldView, _EXAMPLE),),
)
def release_hold(org_id: UUID, key: str) -> Reply:
    """What it reserves is free again. Doing it again changes nothing."""
    return _ended(org_id, key, holds.release)


def _ended(org_id: UUID, key: str, end: Callable[..., Hold]) -> Reply:
    currency, now = _currency(org_id), utc_now()
    _found(org_id, key)
    return Reply(_view(end(org_id, key, at=now), currency, now))


def _currency(org_id: UUID) -> str:
    found = calling_status.find(org_id)
    if found is None:
        raise no_organization()
    return found.available.currency


def _figures(error: CallingPausedError | NotEnoughCreditError) -> dict[str, Any]:
    return {
        "available": to_builtins(Amount.of(error.available)),
        "needed": to_builtins(Amount.of(error.needed)),
    }


def _ended_problem(error: HoldEndedError) -> ProblemError:
    return ProblemError(HOLD_ENDED, str(error), members={"state": error.hold.state.value})


def _differs_problem(error: OtherContentError) -> ProblemError:
    return ProblemError(HOLD_DIFFERS, str(error), members={"differs": error.differs})


def _quote(org_id: UUID, usage: list[Quantity], now: datetime) -> Quote:
    try:
        quote = usage_quotes.ask(org_id, [(one.meter, one.quantity) for one in usage], at=now)
    except UnknownMeterError as error:
        wrong = FieldError(str(error), pointer="/usage")
        raise ProblemError(
            problems.INVALID, "The body is not as it has to be: see errors.", [wrong]
        ) from None
    if quote is None:
        raise no_organization()
    return quote


def _found(org_id: UUID, key: str) -> Hold:
    try:
        return holds.find(org_id, key)
    except UnknownHoldError as error:
        raise ProblemError(problems.NOT_FOUND, str(error)) from None


def _view(hold: Hold, currency: str, now: datetime) -> HoldView:
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

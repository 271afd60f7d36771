"""Holds: credit reserved for a call before it is spent, renewed while the call is in progress."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from flask import Response

from app.api import fast_holds, hold_problems, limit_problems, problems
from app.api.caller import no_organization
from app.api.endpoints import Answer, Body, Reply, Section
from app.api.hold_bodies import EXAMPLE, HoldView, NewHold, NextSlice, Quantity, view_of
from app.api.hold_problems import HOLD_DIFFERS, HOLD_ENDED, NOT_ENOUGH, PAUSED, RESERVE_KEPT, WRONG_SLICE
from app.api.limit_problems import DESTINATION_CLOSED, LIMIT_REACHED
from app.api.problems import FieldError, ProblemError
from app.billing.limit_settings import telling
from app.billing.limits import DestinationClosedError, LimitReachedError
from app.billing.usage import quotes
from app.billing.usage.quotes import Quote, UnknownMeterError
from app.billing.wallet import holds, status
from app.billing.wallet.hold_refusals import HoldError
from app.clock import utc_now
from app.models import Hold
from app.people.tokens import Scope

section = Section("Holds", "Credit reserved for a call before it is spent, in slices that are renewed.")


_ORG = "/organizations/<uuid:org_id>/holds"
_USAGE = [Quantity("calls_outbound", 120), Quantity("tokens_out", 3000)]


@section.post(
    _ORG,
    scope=Scope.HOLDS_WRITE,
    summary="Reserve credit for a call",
    body=Body(NewHold, NewHold("call-5f2c", _USAGE, 120, "call-5f2c", "Ava", "Recall patients")),
    answers=(Answer(200, "The hold, new or already created with the same key.", HoldView, EXAMPLE),),
    problems=(
        PAUSED,
        NOT_ENOUGH,
        RESERVE_KEPT,
        LIMIT_REACHED,
        DESTINATION_CLOSED,
        HOLD_DIFFERS,
        HOLD_ENDED,
    ),
    fast=fast_holds.reserve,
)
def reserve_hold(org_id: UUID, body: NewHold) -> Reply | Response:
    """Reserve the first minutes of a call before it starts. Concurrent calls can never reserve the same credit or the
    same included usage, or exceed a limit together. While calling is paused, every new hold is rejected, whatever is
    left of the allowances.

    A hold that isn't renewed ends after `lease_seconds`: reported usage stays charged, and the rest becomes
    available again.
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
            to=body.to,
        )
    except LimitReachedError as error:
        # Returned rather than raised: that it was reached is kept, so that it is told once.
        telling.note_refusal(org_id, error.limit, now)
        return limit_problems.reached(error).response()
    except DestinationClosedError as error:
        raise limit_problems.closed(error) from None
    except HoldError as error:
        raise hold_problems.problem_of(error) from None
    return Reply(view_of(hold, quote.billing.currency, now))


@section.get(
    f"{_ORG}/<path:key>",
    scope=Scope.HOLDS_READ,
    summary="Get a hold",
    parameters={"key": "The hold's key."},
    answers=(Answer(200, "The hold.", HoldView, EXAMPLE),),
)
def show_hold(org_id: UUID, key: str) -> Reply:
    """The current state of a hold."""
    currency = _currency(org_id)
    return Reply(view_of(_found(org_id, key), currency, utc_now()))


@section.post(
    f"{_ORG}/<path:key>/renewals",
    scope=Scope.HOLDS_WRITE,
    summary="Renew a hold for the next minutes",
    parameters={"key": "The hold's key."},
    body=Body(NextSlice, NextSlice(2, _USAGE, 120)),
    answers=(Answer(200, "The hold, renewed.", HoldView, EXAMPLE),),
    problems=(HOLD_DIFFERS, HOLD_ENDED, WRONG_SLICE),
    fast=fast_holds.renew,
)
def renew_hold(org_id: UUID, key: str, body: NextSlice) -> Reply:
    """Renew a hold during the call, before its lease expires. Renewals also work while calling is paused, because a
    pause only stops new calls. If credit and allowances don't cover the whole slice, whatever is left is reserved and
    the response is `final`, with the seconds left for the agent to end the call politely."""
    now = utc_now()
    quote = _quote(org_id, body.usage, now)
    _found(org_id, key)
    lease = timedelta(seconds=body.lease_seconds)
    try:
        renewal = holds.renew(org_id, key, quote, slice=body.slice, at=now, lease=lease)
    except HoldError as error:
        raise hold_problems.problem_of(error) from None
    return Reply(view_of(renewal.hold, quote.billing.currency, now))


@section.post(
    f"{_ORG}/<path:key>/capture",
    scope=Scope.HOLDS_WRITE,
    summary="Capture a hold: the call has ended",
    parameters={"key": "The hold's key."},
    answers=(Answer(200, "The hold, ended.", HoldView, EXAMPLE),),
    fast=fast_holds.capture,
)
def capture_hold(org_id: UUID, key: str) -> Reply:
    """The call has ended, and its usage has been or will be reported. What remains reserved becomes available
    again. Usage beyond the reserved amount is charged as well. Repeating this changes nothing."""
    return _ended(org_id, key, holds.capture)


@section.post(
    f"{_ORG}/<path:key>/release",
    scope=Scope.HOLDS_WRITE,
    summary="Release a hold: there was no call",
    parameters={"key": "The hold's key."},
    answers=(Answer(200, "The hold, ended.", HoldView, EXAMPLE),),
    fast=fast_holds.release,
)
def release_hold(org_id: UUID, key: str) -> Reply:
    """What it reserves becomes available again. Repeating this changes nothing."""
    return _ended(org_id, key, holds.release)


def _ended(org_id: UUID, key: str, end: Callable[..., Hold]) -> Reply:
    currency, now = _currency(org_id), utc_now()
    _found(org_id, key)
    return Reply(view_of(end(org_id, key, at=now), currency, now))


def _currency(org_id: UUID) -> str:
    found = status.find(org_id)
    if found is None:
        raise no_organization()
    return found.available.currency


def _quote(org_id: UUID, usage: list[Quantity], now: datetime) -> Quote:
    try:
        quote = quotes.get_quote(org_id, [(one.meter, one.quantity) for one in usage], at=now)
    except UnknownMeterError as error:
        wrong = FieldError(str(error), pointer="/usage")
        raise ProblemError(
            problems.INVALID, "Request body failed validation; see `errors`.", [wrong]
        ) from None
    if quote is None:
        raise no_organization()
    return quote


def _found(org_id: UUID, key: str) -> Hold:
    try:
        return holds.find(org_id, key)
    except HoldError as error:
        raise hold_problems.problem_of(error) from None

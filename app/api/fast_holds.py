"""Holds served the fast way (`app.billing.fast_holds`), with the same answers as `app.api.holds`."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from app.api import hold_problems
from app.api.fast import Pass
from app.api.hold_bodies import HoldView, NewHold, NextSlice, Quantity, view_of
from app.billing.fast_holds import Done, End, Operation, Renew, Reserve, Wanted, carry_out
from app.billing.wallet.hold_refusals import HoldError
from app.models import HoldState


def reserve(pass_: Pass, org_id: UUID, body: NewHold) -> HoldView | None:
    """Reserve credit for a call; None for the careful way. Raises `ProblemError`."""
    return _one(pass_, reservation(org_id, body))


def renew(pass_: Pass, org_id: UUID, key: str, body: NextSlice) -> HoldView | None:
    """Renew a hold for the next minutes, in the same way."""
    return _one(pass_, renewal(org_id, key, body))


def capture(pass_: Pass, org_id: UUID, key: str) -> HoldView | None:
    """Capture a hold, in the same way."""
    return _one(pass_, End(org_id, key, HoldState.CAPTURED))


def release(pass_: Pass, org_id: UUID, key: str) -> HoldView | None:
    """Release a hold, in the same way."""
    return _one(pass_, End(org_id, key, HoldState.RELEASED))


def reservation(org_id: UUID, body: NewHold) -> Reserve:
    """A request for a hold as an operation."""
    return Reserve(
        org_id,
        body.key,
        _wanted(body.usage),
        timedelta(seconds=body.lease_seconds),
        call=body.call,
        agent=body.agent,
        campaign=body.campaign,
        to=body.to,
    )


def renewal(org_id: UUID, key: str, body: NextSlice) -> Renew:
    """A request for a slice as an operation."""
    return Renew(org_id, key, _wanted(body.usage), timedelta(seconds=body.lease_seconds), body.slice)


def _wanted(usage: list[Quantity]) -> Wanted:
    return tuple((one.meter, one.quantity) for one in usage)


def _one(pass_: Pass, operation: Operation) -> HoldView | None:
    if not pass_.token.may_be_about(operation.org_id):
        return None
    [outcome] = carry_out([operation], pass_)
    if isinstance(outcome, HoldError):
        raise hold_problems.problem_of(outcome)
    return view_of(outcome.hold, outcome.currency, outcome.at) if isinstance(outcome, Done) else None

"""Many operations on holds in one request: a dialer starts, renews and ends calls in bursts.

What is plain is done in one transaction for all organizations (`app.billing.fast_holds`), and the rest one by one the
careful way, each in a transaction of its own. Either way an organization's operations are done in their order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from flask import Response, request
from psycopg.errors import LockNotAvailable

from app.api import errors, fast_holds, hold_metrics, hold_problems, holds
from app.api.caller import current_caller, no_organization
from app.api.endpoints import Answer, Body, Reply
from app.api.fast import Pass
from app.api.hold_batch_bodies import (
    CaptureOperation,
    HoldBatch,
    HoldBatchView,
    HoldOperation,
    OperationResult,
    ReleaseOperation,
    RenewOperation,
    ReserveOperation,
)
from app.api.hold_bodies import EXAMPLE as HOLD
from app.api.hold_bodies import Quantity, view_of
from app.api.problems import ProblemError
from app.billing.fast_holds import Done, End, Gate, Operation, Outcome, carry_out
from app.billing.wallet.hold_refusals import HoldError
from app.billing.wallet.lock_queue import WalletBusyError
from app.database.fast import connections
from app.models import HoldState
from app.models.scope import scoped_to
from app.people.tokens import Caller, Scope
from app.transaction import transaction
from app.web import lock_timeouts
from app.web.database import is_locked

section = holds.section

LARGEST = 1024 * 1024
"""Bytes of a batch."""

_WAITED_FOR = 2
"""How many locked wallets a batch waits for as long as a request of its own does: with a lock on all of them it would
keep its thread for minutes."""

_OUTCOMES = "billing.hold_outcomes"
"""In a request's environment: what the fast way has done of it already."""
_ORG = UUID("01932c07-9a3e-7b61-8f0e-2d5d3c1b7a90")
_USAGE = [Quantity("calls_outbound", 120), Quantity("tokens_out", 3000)]
_EXAMPLE = HoldBatch(
    [
        ReserveOperation("call-5f2c", _USAGE, 120, "call-5f2c", "Ava", "Recall patients", organization=_ORG),
        RenewOperation(2, _USAGE, 120, organization=_ORG, key="call-5f2b"),
        CaptureOperation(organization=_ORG, key="call-5f2a"),
        ReleaseOperation(organization=_ORG, key="call-5f29"),
    ]
)
_RESULT = OperationResult(200, HOLD, None)


def carry_out_fast(pass_: Pass, body: HoldBatch) -> HoldBatchView | None:
    """All of a batch the fast way; None if some of it is left to be done the careful way."""
    if not all(pass_.token.may_be_about(operation.organization) for operation in body.operations):
        return None
    outcomes = _fast(body.operations, pass_)
    if all(outcome is not None for outcome in outcomes):
        return _view(body, [_result_of(outcome) for outcome in outcomes if outcome is not None])
    if any(outcome is not None for outcome in outcomes):
        request.environ[_OUTCOMES] = outcomes
    return None


@section.post(
    "/holds/batch",
    scope=Scope.HOLDS_WRITE,
    summary="Reserve, renew and end holds in a batch",
    body=Body(HoldBatch, _EXAMPLE, limit=LARGEST),
    answers=(Answer(200, "A result for each operation.", HoldBatchView, HoldBatchView([_RESULT])),),
    commits=True,
    fast=carry_out_fast,
)
def carry_out_batch(body: HoldBatch) -> Reply:
    """Up to 500 operations, also of several organizations. Each is decided by itself, as if it was a request of its
    own, and an organization's are done in their order: one can renew or end a hold that another one has created.

    The response is 200 with a result for each operation, in their order. If the request itself fails, some may have
    been done: send the same batch again, which does nothing twice. A status of 503 in a result means that the
    organization's wallet was locked: send that operation again.
    """
    who = current_caller()
    outcomes = request.environ.pop(_OUTCOMES, None)
    if outcomes is None:
        outcomes = _fast_as(who, body.operations)
    busy: set[UUID] = set()
    results = []
    for operation, outcome in zip(body.operations, outcomes, strict=True):
        results.append(_result_of(outcome) if outcome is not None else _carefully(who, operation, busy))
    return Reply(_view(body, results))


def _view(body: HoldBatch, results: list[OperationResult]) -> HoldBatchView:
    for operation, result in zip(body.operations, results, strict=True):
        problem = None if result.problem is None else str(result.problem.get("type", ""))
        hold_metrics.count(_NAMES[type(operation)], problem)
    return HoldBatchView(results)


@dataclass(frozen=True)
class _Admitted:
    """The gate for a caller who was let in already, for the organizations that they may see."""

    who: Caller
    statement = "SELECT 1"
    parameters: ClassVar[Mapping[str, str]] = {}

    @property
    def token_id(self) -> UUID:
        return self.who.token_id

    def admits(self, _row: Sequence[Any] | None, _at: datetime) -> Callable[[UUID], bool]:
        return self.who.may_see


def _fast_as(who: Caller, operations: Sequence[HoldOperation]) -> list[Outcome]:
    """The same for a caller who was let in. What they may not see isn't asked for: it would be seen and locked."""
    visible = [operation for operation in operations if who.may_see(operation.organization)]
    found = iter(_fast(visible, _Admitted(who)))
    return [next(found) if who.may_see(operation.organization) else None for operation in operations]


def _fast(asked: Sequence[HoldOperation], gate: Gate) -> list[Outcome]:
    operations = [_OPERATIONS[type(operation)](operation) for operation in asked]
    nothing: list[Outcome] = [None] * len(operations)
    if not connections.get().is_on:
        return nothing
    try:
        return carry_out(operations, gate)
    except (LockNotAvailable, WalletBusyError):
        # One of them is locked: those of the others don't wait for it.
        return nothing


def _result_of(outcome: Done | HoldError) -> OperationResult:
    if isinstance(outcome, Done):
        return OperationResult(200, view_of(outcome.hold, outcome.currency, outcome.at), None)
    return _problem(hold_problems.problem_of(outcome))


def _carefully(who: Caller, operation: HoldOperation, busy: set[UUID]) -> OperationResult:
    """An operation in a transaction of its own; `busy` are the organizations whose wallet was found locked."""
    org_id = operation.organization
    if not who.may_see(org_id):
        return _problem(no_organization())
    try:
        if org_id in busy:
            raise WalletBusyError(str(org_id))
        with scoped_to(org_id), transaction():
            if len(busy) >= _WAITED_FOR:
                lock_timeouts.hurry()
            given = _VIEWS[type(operation)](operation)
    except ProblemError as error:
        return _problem(error)
    except Exception as error:
        if not is_locked(error):
            raise
        busy.add(org_id)
        return _problem(errors.problem_of(error))
    if isinstance(given, Response):
        return OperationResult(given.status_code, None, msgspec.json.decode(given.data))
    return OperationResult(given.status, given.value, None)


def _problem(error: ProblemError) -> OperationResult:
    return OperationResult(error.kind.status, None, error.content)


_OPERATIONS: dict[type[HoldOperation], Callable[[Any], Operation]] = {
    ReserveOperation: lambda one: fast_holds.reservation(one.organization, one),
    RenewOperation: lambda one: fast_holds.renewal(one.organization, one.key, one),
    CaptureOperation: lambda one: End(one.organization, one.key, HoldState.CAPTURED),
    ReleaseOperation: lambda one: End(one.organization, one.key, HoldState.RELEASED),
}
_NAMES: dict[type[HoldOperation], str] = {
    ReserveOperation: "reserve",
    RenewOperation: "renew",
    CaptureOperation: "capture",
    ReleaseOperation: "release",
}
_VIEWS: dict[type[HoldOperation], Callable[[Any], Any]] = {
    ReserveOperation: lambda one: holds.reserve_hold(one.organization, one),
    RenewOperation: lambda one: holds.renew_hold(one.organization, one.key, one),
    CaptureOperation: lambda one: holds.capture_hold(one.organization, one.key),
    ReleaseOperation: lambda one: holds.release_hold(one.organization, one.key),
}

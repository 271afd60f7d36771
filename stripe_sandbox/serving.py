"""Serving one call of the API: idempotency and parameters, then the work with its events in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stripe_sandbox import params
from stripe_sandbox.conformance import Operation, problems
from stripe_sandbox.context import HANDLERS, Call
from stripe_sandbox.errors import ApiError
from stripe_sandbox.expand import expand
from stripe_sandbox.faults import Fault
from stripe_sandbox.resources.events import events
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.tracked import Tracked, refuse_unread

BROKEN = {"error": {"type": "api_error", "message": "An unexpected error occurred."}}
_BROWSER_PARAMS = {"client_secret", "key", "expected_payment_method_type"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asks for; `sent` are the parameters as they came."""

    operation: Operation
    method: str
    path: str
    sent: dict[str, Any]
    key: str | None
    request_id: str
    publishable: bool
    fault: Fault | None

    @property
    def endpoint(self) -> str:
        return f"{self.method} {self.path}"

    def fails_with(self, *kinds: str) -> bool:
        return self.fault is not None and self.fault.kind in kinds


@dataclass(frozen=True, slots=True)
class Result:
    """`replayed` marks the stored result of an idempotency key."""

    status: int
    body: dict[str, Any]
    replayed: bool = False


def serve(sandbox: Sandbox, asked: Asked) -> Result:
    """The result of a call: its own, or the first one of its idempotency key. Raises `ApiError` for a refusal."""
    if asked.key is None:
        return _work(sandbox, asked)
    kept = sandbox.idempotency.begin(asked.key, asked.endpoint, asked.sent)
    if kept is not None:
        return Result(*kept, replayed=True)
    try:
        return _work(sandbox, asked)
    finally:
        sandbox.idempotency.end(asked.key)


def _work(sandbox: Sandbox, asked: Asked) -> Result:
    """Do the work and keep its result. A refusal undoes everything, a decline stays."""
    call = _call(sandbox, asked)
    with sandbox.store.locked():
        result = Result(500, BROKEN) if asked.fails_with("500_before") else _handle(call, asked.operation)
        recorded = events.record(call)
        sandbox.delivery.enqueue(recorded)
        if sandbox.settings.conformance:
            conform(result.body, *recorded)
        if asked.fails_with("500_after"):
            result = Result(500, BROKEN)
        if asked.key:
            sandbox.idempotency.keep(asked.key, asked.endpoint, asked.sent, result.status, result.body)
    return result


def conform(*objects: dict[str, Any]) -> None:
    """Raises 500 where an answer, or the object of an event, isn't what the SDK's classes say."""
    wrong = [one for body in objects for one in problems(body)]
    if wrong:
        message = f"The stand-in's own answer doesn't conform: {'; '.join(wrong[:5])}"
        raise ApiError(500, "api_error", message)


def _handle(call: Call, operation: Operation) -> Result:
    """What the operation's handler answers. Raises 400, and keeps nothing, for a parameter that it would ignore."""
    try:
        body = HANDLERS[operation.method, operation.template](call)
        result = Result(200, expand(call.store, body, call.params.get("expand", [])))
    except ApiError as error:
        if not error.keeps_changes:
            raise
        result = Result(error.status, error.body)
    refuse_unread(call.params)
    return result


def _call(sandbox: Sandbox, asked: Asked) -> Call:
    browsers = _BROWSER_PARAMS if asked.publishable else set()
    own = {name: value for name, value in asked.sent.items() if name not in browsers}
    call = Call(
        store=sandbox.store,
        settings=sandbox.settings,
        params=Tracked(params.check(own, asked.operation.params)),
        path_ids=asked.operation.ids_in(asked.path),
        publishable=asked.publishable,
        idempotency_key=asked.key,
        request_id=asked.request_id,
    )
    if asked.publishable:
        sandbox.check_client_secret(asked.operation, call, str(asked.sent.get("client_secret", "")))
    return call

"""Doing what no call of the API asked for: what its control endpoints and its dashboard make happen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stripe_sandbox.context import Call
from stripe_sandbox.errors import ApiError
from stripe_sandbox.resources.events import events
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.serving import Result, conform


def perform(sandbox: Sandbox, work: Callable[[Call], dict[str, Any]], *ids: str, **params: Any) -> Result:
    """Do some work with its events, all or nothing; `ids` and `params` are what a request of the API would carry.

    Raises `ApiError` where it is refused; a decline is a result, because it leaves its mark.
    """
    call = sandbox.call(**params)
    call.path_ids = ids
    with sandbox.store.locked():
        try:
            result = Result(200, work(call))
        except ApiError as error:
            if not error.keeps_changes:
                raise
            result = Result(error.status, error.body)
        recorded = events.record(call)
        sandbox.delivery.enqueue(recorded)
        if sandbox.settings.conformance:
            conform(result.body, *recorded)
    sandbox.delivery.wake()
    return result

"""Bursts: what calls do to their holds at about the same moment is sent as one batch, as a dialer does."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from demo.simulator.client import Answer, Client, UnreachableError

MOST = 500
"""How many operations the service takes in a batch."""
GATHER = 0.02
"""Seconds that the first of a burst waits for others."""
_PAUSE = 0.1
"""Seconds before an operation is sent again that found the wallet locked."""


@dataclass(slots=True)
class _Waiting:
    """An operation whose answer a call waits for."""

    operation: dict[str, Any]
    answered: threading.Event = field(default_factory=threading.Event)
    answer: Answer | None = None
    failure: Exception | None = None
    until: float = float("inf")


class Bursts:
    """Sends operations of many threads together. The first of a burst sends it, and the others wait for that."""

    def __init__(self, client: Client, *, gather: float = GATHER) -> None:
        self._client = client
        self._gather = gather
        self._lock = threading.Lock()
        self._pending: list[_Waiting] = []

    def send(self, operation: dict[str, Any], *, patience: float | None = None) -> Answer:
        """The answer to an operation, as if it had been a request of its own; repeated while it says to, for
        `patience` seconds, or else as long as the client is patient.

        Raises `UnreachableError`.
        """
        until = time.monotonic() + (self._client.patience if patience is None else patience)
        while True:
            try:
                answer = self._once(operation, until)
            except UnreachableError:
                # Others of the burst may have been less patient.
                if time.monotonic() + _PAUSE > until:
                    raise
            else:
                if not answer.should_retry:
                    return answer
                if time.monotonic() > until:
                    raise UnreachableError(f"A batch was answered with {answer.status}, again and again.")
            time.sleep(_PAUSE)

    def _once(self, operation: dict[str, Any], until: float) -> Answer:
        waiting = _Waiting(operation, until=until)
        with self._lock:
            self._pending.append(waiting)
            is_first = len(self._pending) == 1
        if is_first:
            time.sleep(self._gather)
            with self._lock:
                burst, self._pending = self._pending, []
            for place in range(0, len(burst), MOST):
                self._send(burst[place : place + MOST])
        waiting.answered.wait()
        if waiting.failure is not None:
            raise waiting.failure
        if waiting.answer is None:
            raise UnreachableError("A batch was not answered.")
        return waiting.answer

    def _send(self, burst: list[_Waiting]) -> None:
        try:
            operations = {"operations": [one.operation for one in burst]}
            patience = max(0.0, min(one.until for one in burst) - time.monotonic())
            answer = self._client.post("/holds/batch", operations, patience=patience)
            for one, result in zip(burst, _results(answer, len(burst)), strict=True):
                one.answer = result
        except Exception as error:
            for one in burst:
                one.failure = error
        finally:
            for one in burst:
                one.answered.set()


def _results(answer: Answer, count: int) -> list[Answer]:
    """The answer to each operation: its own, or that of the whole batch."""
    if not answer.is_good:
        return [answer] * count
    return [Answer(one["status"], one["hold"] or one["problem"]) for one in answer.body["results"]]

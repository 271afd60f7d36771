"""The platform at work: lines in threads, each carrying out its plan over the API as fast as it is answered.

A request is sent again, with the same content, until there is an answer (docs/platform.md, "Retries"). What is
acknowledged is told to the model, and an answer that the model can't explain is a finding.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from demo.simulator.client import Answer, Client, UnreachableError
from demo.simulator.reporting import BATCH
from torture.journal import Journal
from torture.load.model import Model
from torture.load.operations import Event, Look, Operation, Report, Step, Steps
from torture.stage import Company

SOURCE = "https://portal.example/torture"
REFUSALS = frozenset({"calling-paused", "not-enough-credit", "reserve-kept"})
_READ = {"status": "status", "holds": "holds?limit=50", "transfers": "transfers?limit=50"}


class Line:
    """One line in a thread, until `stopping`."""

    def __init__(
        self,
        number: int,
        operations: Iterator[Operation],
        client: Client,
        companies: Sequence[Company],
        model: Model,
        journal: Journal,
        stopping: threading.Event,
    ) -> None:
        self._operations = operations
        self._client = client
        self._companies = companies
        self._model = model
        self._journal = journal
        self._stopping = stopping
        self._sent: dict[str, datetime] = {}
        self.thread = threading.Thread(target=self._run, name=f"line {number}", daemon=True)

    def _run(self) -> None:
        for operation in self._operations:
            if self._stopping.is_set():
                return
            began = time.monotonic()
            try:
                self._do(operation)
                self._journal.waited(time.monotonic() - began)
            except UnreachableError as error:
                # What it was sending may or may not have been done: nothing after it can be judged.
                self._journal.found("not answered", f"{self.thread.name}: {error}")
                return
            except Exception as error:  # a bug of the torture itself must not pass for silence
                self._journal.found("torture itself", f"{self.thread.name}: {type(error).__name__} {error}")
                return

    def _do(self, operation: Operation) -> None:
        if isinstance(operation, Report):
            self._report(operation.events)
        elif isinstance(operation, Steps):
            self._steps(operation)
        else:
            self._look(operation)

    # Usage

    def _report(self, events: Sequence[Event]) -> None:
        now = datetime.now(UTC)
        body = [self._cloudevent(one, self._sent.setdefault(one.id, now)) for one in events]
        answer = self._client.post("/usage", body, media_type=BATCH)
        if not answer.is_good:
            self._unexpected("usage", answer)
            return
        refused = {one["index"]: one for one in answer.body["refused"]}
        for index, one in refused.items():
            self._journal.found("event refused", f"{events[index]}: {one['field']} {one['reason']}")
        taken = [one for index, one in enumerate(events) if index not in refused]
        new = sum(self._model.charged(one, self._month(one)) for one in taken)
        accepted, duplicates = answer.body["accepted"], answer.body["duplicates"]
        # What was acknowledged before is a duplicate. New ones may be, too: of a try that had no answer.
        if accepted > new or accepted + duplicates != len(taken):
            self._journal.found(
                "event doubled",
                f"of {len(taken)}, {new} of them new: {accepted} accepted, {duplicates} duplicates",
            )
        self._journal.happened("event reported", times=len(events))

    def _cloudevent(self, one: Event, at: datetime) -> dict[str, Any]:
        data: dict[str, Any] = {
            "organization": str(self._companies[one.place].id),
            "meter": one.meter,
            "quantity": one.quantity,
            "call": one.call,
        }
        data |= {"hold": one.hold} if one.hold else {}
        data |= {"corrects": {"source": SOURCE, "id": one.corrects}} if one.corrects else {}
        return {
            "specversion": "1.0",
            "type": "voice-portal.usage.v1",
            "source": SOURCE,
            "id": one.id,
            "time": at.isoformat(),
            "data": data,
        }

    def _month(self, one: Event) -> str:
        """The month of an event on its organization's clock; a correction counts in that of what it corrects."""
        at = self._sent[one.corrects or one.id]
        return f"{at.astimezone(ZoneInfo(self._companies[one.place].zone)):%Y-%m}"

    # Holds

    def _steps(self, steps: Steps) -> None:
        if not steps.is_batch:
            (step,) = steps.steps
            self._judge(step, self._alone(step))
            return
        left = list(steps.steps)
        while left:
            operations = [_operation(step) | {"organization": self._id(step.place)} for step in left]
            answer = self._client.post("/holds/batch", {"operations": operations})
            if not answer.is_good:
                self._unexpected("batch of holds", answer)
                return
            results = [Answer(one["status"], one["hold"] or one["problem"]) for one in answer.body["results"]]
            again = [step for step, one in zip(left, results, strict=True) if one.should_retry]
            for step, one in zip(left, results, strict=True):
                if not one.should_retry:
                    self._judge(step, one)
            left = again

    def _alone(self, step: Step) -> Answer:
        path, body = f"/organizations/{self._id(step.place)}/holds", _operation(step)
        op = body.pop("op")
        if op == "reserve":
            return self._client.post(path, body)
        key = body.pop("key")
        name = "renewals" if op == "renew" else op
        return self._client.post(f"{path}/{key}/{name}", body or None)

    def _judge(self, step: Step, answer: Answer) -> None:
        """Whether an answer is possible after the ones before it, and what it says of the hold."""
        before = self._model.state(step.place, step.key)
        if answer.is_good:
            state = str(answer.body["state"])
            if before in {"captured", "released", "expired"} and state != before:
                self._journal.found("hold changed", f"{step}: {before} before, {state} now")
            self._model.answered(step.place, step.key, state)
            outcome = state
        elif answer.problem in REFUSALS and step.does == "reserve":
            self._model.answered(step.place, step.key, "refused")
            outcome = "refused"
        elif answer.problem == "hold-ended":
            self._model.answered(step.place, step.key, str(answer.body["state"]))
            outcome = "ended before"
        elif answer.status == 404 and before in {None, "refused"} and step.does != "reserve":
            outcome = "was refused"
        else:
            self._unexpected(f"{step} (was {before})", answer)
            outcome = f"answered {answer.status}"
        self._journal.happened(f"hold: {step.does}", outcome)

    # Reading

    def _look(self, look: Look) -> None:
        organization = f"/organizations/{self._id(look.place)}"
        path = f"calls/{look.call}" if look.what == "call" else _READ[look.what]
        answer = self._client.get(f"{organization}/{path}")
        if not answer.is_good:
            self._unexpected(f"{look}", answer)
        elif look.what == "call" and not answer.body["more_lines"]:
            shown: dict[str, int] = {}
            for line in answer.body["lines"]:
                shown[line["meter"]] = shown.get(line["meter"], 0) + line["quantity"]
            expected = {meter: units for meter, units in self._model.of_call(look.call).items() if units}
            if {meter: units for meter, units in shown.items() if units} != expected:
                self._journal.found(
                    "acknowledged and not there", f"{look.call}: {shown} instead of {expected}"
                )
        self._journal.happened("read", look.what)

    def _id(self, place: int) -> str:
        return str(self._companies[place].id)

    def _unexpected(self, what: str, answer: Answer) -> None:
        self._journal.found("unexpected answer", f"{what}: {answer.status} {str(answer.body)[:300]}")


def _operation(step: Step) -> dict[str, Any]:
    """As one of a batch has it."""
    body: dict[str, Any] = {"op": step.does, "key": step.key}
    if step.does in {"reserve", "renew"}:
        body |= {
            "usage": [{"meter": "calls_outbound", "quantity": step.quantity}],
            "lease_seconds": step.lease_seconds,
        }
    if step.does == "reserve":
        body["call"] = step.call
    if step.does == "renew":
        body["slice"] = step.slice
    return body

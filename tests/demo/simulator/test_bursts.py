"""What calls do at about the same moment goes out in one request, and each gets its own answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

import pytest

from demo.simulator.bursts import MOST, Bursts
from demo.simulator.client import Answer, Client, UnreachableError

GATHER = 0.3


class Service(Client):
    """A service that holds a key that is `a…`, has locked what is `l…` once, and finds nothing else."""

    def __init__(self, failure: Exception | None = None, whole: Answer | None = None) -> None:
        super().__init__("http://localhost:1", "vpb_none", patience=5)
        self.batches: list[int] = []
        self._failure, self._whole = failure, whole
        self._seen: set[str] = set()
        self._noting = Lock()

    def post(
        self,
        path: str,
        body: Any = None,
        *,
        media_type: str = "application/json",
        patience: float | None = None,
    ) -> Answer:
        assert path == "/holds/batch"
        with self._noting:
            self.batches.append(len(body["operations"]))
        if self._failure is not None:
            raise self._failure
        return self._whole or Answer(
            200, {"results": [self._result(one["key"]) for one in body["operations"]]}
        )

    def _result(self, key: str) -> dict[str, Any]:
        is_locked = key.startswith("l") and key not in self._seen
        self._seen.add(key)
        if is_locked:
            return {"status": 503, "hold": None, "problem": {"type": "…/unavailable"}}
        if key[0] in "al":
            return {"status": 200, "hold": {"key": key}, "problem": None}
        return {"status": 404, "hold": None, "problem": {"type": "…/not-found"}}


def send_all(service: Service, keys: list[str]) -> list[Answer]:
    bursts = Bursts(service, gather=GATHER)
    with ThreadPoolExecutor(len(keys)) as calls:
        return list(calls.map(lambda key: bursts.send({"op": "capture", "key": key}), keys))


def test_each_gets_its_own_answer_from_few_requests() -> None:
    service = Service()
    answers = send_all(service, ["a1", "b", "a2", "a3", "c"])
    assert [answer.status for answer in answers] == [200, 404, 200, 200, 404]
    assert [answer.body.get("key") for answer in answers] == ["a1", None, "a2", "a3", None]
    assert answers[1].problem == "not-found"
    assert sum(service.batches) == 5
    assert len(service.batches) < 5


def test_what_found_a_wallet_locked_is_sent_again_by_itself() -> None:
    service = Service()
    assert [answer.status for answer in send_all(service, ["a1", "l1", "a2"])] == [200, 200, 200]
    assert sum(service.batches) == 4


def test_a_refused_batch_is_the_answer_to_each() -> None:
    service = Service(whole=Answer(401, {"type": "…/unauthorized"}))
    assert [answer.problem for answer in send_all(service, ["a", "b"])] == ["unauthorized"] * 2


def test_all_who_wait_learn_that_the_service_is_gone() -> None:
    service = Service(failure=UnreachableError("gone"))
    service.patience = 0.1
    with pytest.raises(UnreachableError):
        send_all(service, ["a", "b"])


def test_one_that_is_in_a_hurry_ends_no_other_ones_waiting() -> None:
    service = Service(failure=UnreachableError("gone"))
    bursts = Bursts(service, gather=0)
    with pytest.raises(UnreachableError):
        bursts.send({"op": "renew", "key": "a"}, patience=0.05)
    tried = sum(service.batches)
    service._failure = None
    assert bursts.send({"op": "capture", "key": "a"}).status == 200
    assert tried >= 1


def test_no_batch_is_larger_than_the_service_takes() -> None:
    service = Service()
    bursts = Bursts(service, gather=0)
    answers = [bursts.send({"op": "capture", "key": f"a{number}"}) for number in range(3)]
    assert [answer.status for answer in answers] == [200] * 3
    assert max(service.batches) <= MOST

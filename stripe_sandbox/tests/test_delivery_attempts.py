"""Each try to deliver an event is written down, and an event can be sent again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from stripe_sandbox.app import create_app
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.settings import Settings
from stripe_sandbox.tests.support.receiver import SECRET, Receiver, receiving


@pytest.fixture
def taker() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def sandbox(tmp_path: Path, taker: Receiver) -> Sandbox:
    """A stand-in that holds its events; a customer was created."""
    environment = {
        "SANDBOX_STATE": str(tmp_path / "state.db"),
        "SANDBOX_WEBHOOK_URL": taker.url,
        "SANDBOX_WEBHOOK_SECRET": SECRET,
    }
    app = create_app(Settings.from_environment(environment))
    found: Sandbox = app.extensions["stripe_sandbox"]
    found.delivery.mode = "hold"
    app.test_client().post("/v1/customers", headers={"Authorization": "Bearer sk_test_tests"})
    return found


def answers(sandbox: Sandbox) -> list[tuple[str, list[str]]]:
    """The state and the answers of each delivery of the newest event."""
    event = next(sandbox.store.newest("event"))
    return [
        (one["state"], [attempt["answer"] for attempt in one["attempts"]])
        for one in sandbox.delivery.deliveries(event["id"])
    ]


def test_each_attempt_keeps_its_answer(sandbox: Sandbox, taker: Receiver) -> None:
    assert answers(sandbox) == [("due", [])]
    taker.status = 503
    sandbox.delivery.flush()
    taker.status = 200
    sandbox.delivery.flush()
    assert answers(sandbox) == [("taken", ["503", "200"])]


def test_an_event_is_sent_again_immediately_though_all_is_held(sandbox: Sandbox, taker: Receiver) -> None:
    sandbox.delivery.flush()
    event = next(sandbox.store.newest("event"))
    assert sandbox.delivery.send_again(event) == {"delivered": 1, "refused": 0}
    assert [one["id"] for one in taker.got] == [event["id"]] * 2
    taker.status = 500
    assert sandbox.delivery.send_again(event) == {"delivered": 0, "refused": 1}
    assert answers(sandbox) == [("taken", ["200"]), ("taken", ["200"]), ("due", ["500"])]


def test_an_event_given_up_is_sent_again(sandbox: Sandbox, taker: Receiver) -> None:
    taker.status = 500
    while answers(sandbox)[0][0] == "due":
        sandbox.delivery.flush()
    taker.status = 200
    sandbox.delivery.send_again(next(sandbox.store.newest("event")))
    assert [state for state, _ in answers(sandbox)] == ["given up", "taken"]

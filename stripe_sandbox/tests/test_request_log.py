"""The log keeps what was sent and answered, but no card's number, and lets the oldest go."""

from __future__ import annotations

from pathlib import Path

import pytest

from stripe_sandbox.app import create_app
from stripe_sandbox.request_log import KEPT, LONGEST, Request, RequestLog
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.settings import Settings

SECRET = {"Authorization": "Bearer sk_test_tests", "Idempotency-Key": "once"}


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    app = create_app(Settings.from_environment({"SANDBOX_STATE": str(tmp_path / "state.db")}))
    found: Sandbox = app.extensions["stripe_sandbox"]
    card = {
        "type": "card",
        "card[number]": "4242424242424242",
        "card[exp_month]": "12",
        "card[exp_year]": "2040",
    }
    client = app.test_client()
    client.post("/v1/payment_methods", data=card | {"card[cvc]": "987"}, headers=SECRET)
    paid = {"amount": "500", "currency": "usd", "payment_method": "pm_card_chargeDeclined", "confirm": "true"}
    client.post("/v1/payment_intents", data=paid, headers=SECRET | {"Idempotency-Key": "twice"})
    return found


@pytest.fixture
def log(sandbox: Sandbox) -> RequestLog:
    return sandbox.log


def note(log: RequestLog, number: int, path: str = "/v1/customers", answer: str = "") -> None:
    log.add(Request(0.0, "GET", path, 200, f"req_{number}"), [], {"answer": answer})


def test_a_call_is_kept_with_its_parameters_and_its_answer(log: RequestLog) -> None:
    declined = log.newest()[0]
    exchange = log.exchange(declined.request_id)
    assert exchange is not None
    assert (declined.method, declined.path, declined.status) == ("POST", "/v1/payment_intents", 402)
    assert declined.idempotency_key == "twice"
    assert ("amount", "500") in exchange.sent
    assert '"decline_code": "generic_decline"' in exchange.answer
    assert not exchange.is_cut


def test_no_number_and_no_security_code_is_kept(sandbox: Sandbox, log: RequestLog) -> None:
    exchange = log.exchange(log.newest()[1].request_id)
    assert exchange is not None
    assert ("card[number]", "•••• 4242") in exchange.sent
    kept = str(sandbox.store.execute("SELECT * FROM request"))
    assert "4242424242424242" not in kept
    assert "987" not in [value for _, value in exchange.sent]


def test_a_decline_belongs_to_its_payment(sandbox: Sandbox, log: RequestLog) -> None:
    intent = next(sandbox.store.newest("payment_intent"))
    assert [one.path for one in log.of_payment(intent["id"], 10)] == ["/v1/payment_intents"]


def test_pages_follow_each_other_and_may_ask_for_a_path(log: RequestLog) -> None:
    log.clear()
    for number in range(7):
        note(log, number, "/v1/refunds" if number % 2 else "/v1/customers")
    first = log.page("", after=None, limit=3)
    second = log.page("", after=first[-1].request_id, limit=3)
    assert [one.request_id for one in first + second] == [f"req_{number}" for number in (6, 5, 4, 3, 2, 1)]
    assert [one.request_id for one in log.page("refund", after="req_5", limit=9)] == ["req_3", "req_1"]
    assert log.exchange("req_none") is None


def test_a_long_answer_is_cut_and_the_oldest_calls_go(log: RequestLog) -> None:
    log.clear()
    for number in range(KEPT + 3):
        note(log, number)
    assert len(log.newest(KEPT + 10)) == KEPT
    note(log, -1, answer="long " * LONGEST)
    exchange = log.exchange("req_-1")
    assert exchange is not None
    assert exchange.is_cut
    assert len(exchange.answer) == LONGEST

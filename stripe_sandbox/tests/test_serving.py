"""Every answer is held to the SDK's classes, so that the stand-in can't drift from what the SDK expects."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from stripe_sandbox.app import create_app
from stripe_sandbox.errors import ApiError
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.settings import Settings

SECRET = {"Authorization": "Bearer sk_test_tests"}


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    state = str(tmp_path / "state.db")
    return create_app(Settings.from_environment({"SANDBOX_STATE": state, "SANDBOX_CONFORMANCE": "1"}))


@pytest.fixture
def sandbox(app: Flask) -> Sandbox:
    found: Sandbox = app.extensions["stripe_sandbox"]
    return found


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("status", "sideways", "payment_intent.status is 'sideways'"),
        ("amount", "500", "payment_intent.amount is '500', not int"),
        ("charges", [], "payment_intent.charges is not in the SDK's class"),
    ],
)
def test_an_answer_that_does_not_conform_is_a_500_that_says_why(
    app: Flask, sandbox: Sandbox, field: str, value: object, words: str
) -> None:
    client = app.test_client()
    made = client.post(
        "/v1/payment_intents", data={"amount": 500, "currency": "usd"}, headers=SECRET
    ).get_json()
    sandbox.store.save(made | {field: value})
    answer = client.get(f"/v1/payment_intents/{made['id']}", headers=SECRET)
    assert answer.status_code == 500
    assert words in answer.get_json()["error"]["message"]


def test_what_an_event_tells_is_checked_too(app: Flask, sandbox: Sandbox) -> None:
    client = app.test_client()
    client.post("/v1/customers", headers=SECRET)
    event = next(sandbox.store.newest("event"))
    del event["data"]["object"]["email"]
    sandbox.store.save(event)
    answer = client.get("/v1/events", headers=SECRET)
    assert "customer.email is missing" in answer.get_json()["error"]["message"]


def test_an_event_that_would_not_conform_is_never_sent(app: Flask, sandbox: Sandbox) -> None:
    client = app.test_client()
    made = client.post("/v1/customers", headers=SECRET).get_json()
    sandbox.store.save(made | {"mood": "fine"})
    answer = client.delete(f"/v1/customers/{made['id']}", headers=SECRET)
    assert answer.status_code == 500
    assert "customer.mood is not in the SDK's class" in answer.get_json()["error"]["message"]
    assert [event["type"] for event in sandbox.store.newest("event")] == ["customer.created"]


def test_what_no_call_asked_for_conforms_too(app: Flask, sandbox: Sandbox) -> None:
    client = app.test_client()
    paid = {"amount": 500, "currency": "usd", "payment_method": "pm_card_visa", "confirm": "true"}
    intent = client.post("/v1/payment_intents", data=paid, headers=SECRET).get_json()
    charge = client.get(f"/v1/charges/{intent['latest_charge']}", headers=SECRET).get_json()
    charge["payment_method_details"]["card"]["brand"] = 7
    sandbox.store.save(charge)
    answer = client.post("/_sandbox/disputes", json={"charge": charge["id"]})
    assert answer.status_code == 500
    assert "dispute.payment_method_details.card.brand is 7" in answer.get_json()["error"]["message"]


def test_a_key_in_use_is_409(app: Flask, sandbox: Sandbox) -> None:
    sandbox.idempotency.begin("once", "POST /v1/customers", {})
    answer = app.test_client().post("/v1/customers", headers={**SECRET, "Idempotency-Key": "once"})
    assert (answer.status_code, answer.headers["Stripe-Should-Retry"]) == (409, "true")
    sandbox.idempotency.end("once")
    assert (
        app.test_client().post("/v1/customers", headers={**SECRET, "Idempotency-Key": "once"}).status_code
        == 200
    )


def test_a_refusal_leaves_nothing_behind(sandbox: Sandbox) -> None:
    with pytest.raises(ApiError), sandbox.store.locked():
        sandbox.store.add({"id": "cus_1", "object": "customer"})
        raise ApiError(400, "invalid_request_error", "No.")
    assert sandbox.store.get("cus_1") is None

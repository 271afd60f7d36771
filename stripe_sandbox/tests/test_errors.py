"""Errors in Stripe's envelope."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests
import stripe
from flask.testing import FlaskClient

from stripe_sandbox.app import create_app
from stripe_sandbox.settings import Settings
from stripe_sandbox.testing import Process
from stripe_sandbox.tests.support.shopper import Shopper

KEY = {"Authorization": "Bearer sk_test_tests"}


def refused(
    process: Process, method: str, path: str, **sent: Any
) -> tuple[requests.Response, dict[str, Any]]:
    answer = requests.request(method, f"{process.url}/v1/{path}", timeout=10, **{"headers": KEY, **sent})
    return answer, answer.json()["error"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("customers/cus_no", "No such customer: 'cus_no'"),
        ("payment_intents/pi_no", "No such payment_intent: 'pi_no'"),
        ("payment_methods/pm_no", "No such PaymentMethod: 'pm_no'"),
    ],
)
def test_an_unknown_id_is_404(stand_in: Process, path: str, words: str) -> None:
    answer, error = refused(stand_in, "GET", path)
    assert answer.status_code == 404
    assert (error["type"], error["code"]) == ("invalid_request_error", "resource_missing")
    assert error["message"].startswith(words)
    assert answer.headers["Request-Id"].startswith("req_")
    assert answer.headers["Stripe-Should-Retry"] == "false"


def test_an_unknown_id_in_a_parameter_is_400(shopper: Shopper) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shopper.pay("pm_card_visa", customer="cus_no")
    assert (caught.value.http_status, caught.value.error.param) == (400, "customer")


@pytest.mark.parametrize(
    ("sent", "code", "param"),
    [
        ({"amount": "500"}, "parameter_missing", "currency"),
        ({"amount": "x", "currency": "usd"}, "parameter_invalid_integer", "amount"),
        ({"amount": "500", "currency": "usd", "payment_method_types[]": "card"}, "parameter_unknown", None),
        (
            {"amount": "500", "currency": "usd", "shipping[planet]": "x"},
            "parameter_unknown",
            "shipping[planet]",
        ),
    ],
)
def test_parameters_are_checked_against_the_operation(
    stand_in: Process, sent: dict[str, str], code: str, param: str | None
) -> None:
    answer, error = refused(stand_in, "POST", "payment_intents", data=sent)
    assert (answer.status_code, error["code"]) == (400, code)
    assert param is None or error["param"] == param


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer sk_live_x"}, {"Authorization": "Bearer no"}]
)
def test_without_a_test_key_nothing_is_answered(stand_in: Process, headers: dict[str, str]) -> None:
    answer, error = refused(stand_in, "GET", "customers", headers=headers)
    assert (answer.status_code, error["type"]) == (401, "invalid_request_error")


def test_a_publishable_key_may_not_do_what_a_secret_one_does(stand_in: Process) -> None:
    headers = {"Authorization": "Bearer pk_test_tests"}
    answer, error = refused(stand_in, "POST", "customers", headers=headers)
    assert (answer.status_code, error["code"]) == (403, "secret_key_required")


def test_a_publishable_key_needs_the_intents_secret(shopper: Shopper, stand_in: Process) -> None:
    intent = shopper.v1.payment_intents.create({"amount": 500, "currency": "usd"})
    headers = {"Authorization": "Bearer pk_test_tests"}
    wrong = {"client_secret": f"{intent.id}_secret_guess"}
    answer, _ = refused(stand_in, "GET", f"payment_intents/{intent.id}", headers=headers, params=wrong)
    assert answer.status_code == 400


def test_an_unknown_address_is_404(stand_in: Process) -> None:
    answer, error = refused(stand_in, "GET", "nothing")
    assert answer.status_code == 404
    assert "Unrecognized request URL" in error["message"]


@pytest.fixture
def with_a_key_of_its_own(tmp_path: Path) -> FlaskClient:
    own = {"SANDBOX_SECRET_KEY": "sk_test_own", "SANDBOX_STATE": str(tmp_path / "state.db")}
    return create_app(Settings.from_environment(own)).test_client()


@pytest.mark.parametrize(
    ("key", "status"), [("sk_test_own", 200), ("sk_test_other", 401), ("pk_test_any", 403)]
)
def test_a_secret_key_that_is_set_is_the_only_one(
    with_a_key_of_its_own: FlaskClient, key: str, status: int
) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    assert with_a_key_of_its_own.get("/v1/customers", headers=headers).status_code == status

"""Idempotency keys (https://docs.stripe.com/api/idempotent_requests)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe

from stripe_sandbox.testing import Process
from stripe_sandbox.tests.support.shopper import Shopper

KEY: Any = {"idempotency_key": "the same"}


def test_the_first_result_is_replayed(shopper: Shopper) -> None:
    first = shopper.v1.customers.create({"name": "Grace"}, KEY)
    again = shopper.v1.customers.create({"name": "Grace"}, KEY)
    assert again.id == first.id
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(shopper.v1.customers.list().data) == 2


def test_a_decline_is_replayed_and_charges_no_second_time(shopper: Shopper) -> None:
    card = shopper.saved("4000000000000341")
    intents = set()
    wanted: Any = {
        "amount": 500,
        "currency": "usd",
        "customer": shopper.id,
        "payment_method": card,
        "confirm": True,
    }
    for _ in range(2):
        with pytest.raises(stripe.CardError) as caught:
            shopper.v1.payment_intents.create(wanted, KEY)
        intents.add(caught.value.error.payment_intent.id)
    assert len(intents) == 1
    assert len(shopper.v1.charges.list().data) == 1


def test_a_500_is_replayed_though_the_work_was_done(shopper: Shopper, stand_in: Process) -> None:
    stand_in.control.order_fault("POST /v1/customers", "500_after")
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            shopper.v1.customers.create({"name": "Grace"}, KEY)
    assert len(shopper.v1.customers.list().data) == 2


def test_a_validation_error_is_not_kept(shopper: Shopper) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        shopper.v1.payment_intents.create({"amount": 1, "currency": "usd"}, KEY)
    assert shopper.v1.payment_intents.create({"amount": 500, "currency": "usd"}, KEY).amount == 500


@pytest.mark.parametrize("other", ["parameters", "endpoint"])
def test_a_key_is_for_one_request_alone(shopper: Shopper, other: str) -> None:
    shopper.v1.customers.create({"name": "Grace"}, KEY)
    with pytest.raises(stripe.IdempotencyError) as caught:
        if other == "parameters":
            shopper.v1.customers.create({"name": "Ada"}, KEY)
        else:
            shopper.v1.payment_intents.create({"amount": 500, "currency": "usd"}, KEY)
    assert caught.value.http_status == 400


def test_the_sdk_resends_after_a_lost_answer_and_the_work_is_done_once(
    shopper: Shopper, stand_in: Process
) -> None:
    patient = stripe.StripeClient("sk_test_x", base_addresses={"api": stand_in.url}, max_network_retries=2).v1
    stand_in.control.order_fault("POST /v1/customers", "drop_after")
    made = patient.customers.create({"name": "Grace"})
    assert made.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(shopper.v1.customers.list().data) == 2


def test_many_immediately_make_one_object(shopper: Shopper) -> None:
    def create(_: int) -> str:
        try:
            return shopper.v1.payment_intents.create({"amount": 500, "currency": "usd"}, KEY).id
        except stripe.APIError as error:
            assert error.http_status == 409
            return ""

    with ThreadPoolExecutor(8) as threads:
        ids = set(threads.map(create, range(16)))
    assert len(ids - {""}) == 1
    assert len(shopper.v1.payment_intents.list().data) == 1

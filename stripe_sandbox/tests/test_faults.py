"""Faults on order: what the SDK makes of them, and whether the work was done."""

from __future__ import annotations

import pytest
import requests
import stripe

from stripe_sandbox.testing import Process
from stripe_sandbox.tests.support.shopper import Shopper


@pytest.mark.parametrize(
    ("kind", "error", "done"),
    [
        ("drop_before", stripe.APIConnectionError, False),
        ("drop_after", stripe.APIConnectionError, True),
        ("timeout_after", stripe.APIConnectionError, True),
        ("500_before", stripe.APIError, False),
        ("500_after", stripe.APIError, True),
        ("409", stripe.APIError, False),
        ("429", stripe.RateLimitError, False),
        ("html", stripe.APIError, False),
    ],
)
def test_a_fault_is_what_was_ordered(
    shopper: Shopper, stand_in: Process, kind: str, error: type[Exception], done: bool
) -> None:
    stand_in.control.order_fault("POST /v1/payment_intents", kind)
    with pytest.raises(error):
        shopper.pay("pm_card_visa")
    assert len(shopper.v1.payment_intents.list().data) == done
    assert shopper.pay("pm_card_visa").status == "succeeded"


def test_a_fault_happens_as_often_as_ordered(shopper: Shopper, stand_in: Process) -> None:
    stand_in.control.order_fault("GET /v1/customers/*", "500_before", times=3)
    for _ in range(3):
        with pytest.raises(stripe.APIError):
            shopper.v1.customers.retrieve(shopper.id)
    assert shopper.v1.customers.retrieve(shopper.id).id == shopper.id


def test_an_unknown_fault_is_refused(stand_in: Process) -> None:
    with pytest.raises(requests.HTTPError):
        stand_in.control.order_fault("POST /v1/customers", "earthquake")


def test_the_log_tells_calls_and_no_card(shopper: Shopper, stand_in: Process) -> None:
    shopper.pay("pm_card_visa")
    shopper.card("4000000000009995")
    log = stand_in.control.requests()
    assert {"POST /v1/payment_intents", "POST /v1/payment_methods"} <= {
        f"{one['method']} {one['path']}" for one in log
    }
    assert "4000000000009995" not in str(log)
    assert "sk_test" not in str(log)

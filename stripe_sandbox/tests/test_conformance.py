"""Answers and parameters against the SDK's own types."""

from __future__ import annotations

import pytest

from stripe_sandbox.conformance import blank, find_operation, problems


@pytest.mark.parametrize(
    "kind",
    [
        "customer",
        "payment_intent",
        "setup_intent",
        "charge",
        "refund",
        "dispute",
        "event",
        "balance_transaction",
        "test_helpers.test_clock",
    ],
)
def test_a_blank_object_hdefaulty_field_of_its_class(kind: str) -> None:
    missing = [one for one in problems(blank(kind)) if one.endswith("is missing")]
    assert missing == []


def test_a_missing_an_unknown_and_a_wrong_field_are_named() -> None:
    customer = blank("customer", id="cus_1", hue="red", livemode="no")
    del customer["email"]
    found = problems(customer)
    assert "customer.email is missing" in found
    assert "customer.hue is not in the SDK's class" in found
    assert any(one.startswith("customer.livemode") for one in found)


def test_an_operation_knows_its_parameters() -> None:
    operation = find_operation("POST", "/v1/payment_intents")
    assert operation is not None and operation.params is not None
    assert {"amount", "currency", "off_session", "allowed_payment_method_types"} <= set(
        operation.params.fields
    )
    assert "payment_method_types" not in operation.params.fields
    assert find_operation("PUT", "/v1/payment_intents") is None


def test_an_operation_of_a_folder_of_the_sdk_knows_its_own() -> None:
    operation = find_operation("POST", "/v1/test_helpers/test_clocks/clock_1/advance")
    assert operation is not None and operation.params is not None
    assert set(operation.params.fields) == {"expand", "frozen_time"}
    assert operation.ids_in("/v1/test_helpers/test_clocks/clock_1/advance") == ("clock_1",)

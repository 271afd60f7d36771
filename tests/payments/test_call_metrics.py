"""Requests to Stripe are measured by operation and outcome, without ids."""

from __future__ import annotations

import pytest
from flask import Flask

from app.payments import account, call_metrics
from app.payments.errors import PaymentsError
from tests.support.measured import grown
from tests.support.sandbox import Sandbox

API = "https://api.stripe.com"


@pytest.mark.parametrize(
    ("method", "url", "operation"),
    [
        ("post", f"{API}/v1/payment_intents/pi_1/confirm", "POST /v1/payment_intents/:id/confirm"),
        ("get", f"{API}/v1/products/voice_portal_plan_growth?x=1", "GET /v1/products/:id"),
        ("get", f"{API}/v1/customers/cus_1/tax_ids", "GET /v1/customers/:id/tax_ids"),
        ("get", f"{API}/v1/tax/settings", "GET /v1/tax/settings"),
        ("delete", f"{API}/anything/else", "DELETE /:id/:id"),
    ],
)
def test_an_operation_has_no_id(method: str, url: str, operation: str) -> None:
    assert call_metrics.operation_of(method, url) == operation


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (None, "no_answer"), (200, "ok"), (400, "refused"), (401, "refused_key"), (402, "declined"),
        (403, "refused_key"), (404, "refused"), (409, "refused"), (429, "rate_limited"), (500, "failed"),
    ],
)  # fmt: skip
def test_a_status_means_an_outcome(status: int | None, outcome: str) -> None:
    assert call_metrics.outcome_of(status) == outcome


@pytest.mark.parametrize(
    ("fault", "outcome"), [(None, "ok"), ("401", "refused_key"), ("429", "rate_limited")]
)
def test_what_the_client_sends_is_measured(
    app: Flask, sandbox: Sandbox, fault: str | None, outcome: str
) -> None:
    if fault is not None:
        sandbox.fail("GET /v1/events", fault, times=9)
    with grown("billing_stripe_seconds_count", operation="GET /v1/events", outcome=outcome) as counted:
        try:
            account.answered_version()
        except PaymentsError:
            assert fault is not None
    assert counted.by >= 1

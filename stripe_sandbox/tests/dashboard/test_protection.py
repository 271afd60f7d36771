"""Pages of other origins can do nothing here."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import stripe

from stripe_sandbox.tests.support.developer import Developer
from stripe_sandbox.tests.support.shopper import Shopper


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_forms_of_other_pages_are_refused(
    developer: Developer, paid: stripe.PaymentIntent, headers: dict[str, Any]
) -> None:
    answer = requests.post(f"{developer.url}/payments/{paid.id}/refunds", headers=headers, timeout=10)
    assert answer.status_code == 403
    assert "Only forms of this dashboard are accepted" in answer.text


def test_pages_of_other_origins_can_not_pull_the_controls(developer: Developer, shopper: Shopper) -> None:
    for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = requests.post(f"{developer.url}/_sandbox/reset", headers=headers, timeout=10)
        assert (answer.status_code, "error" in answer.json()) == (403, True)
    assert shopper.v1.customers.retrieve(shopper.id).id == shopper.id

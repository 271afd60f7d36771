"""Requests: what was sent and answered."""

from __future__ import annotations

from stripe_sandbox.testing import Process
from stripe_sandbox.tests.support.developer import Developer
from stripe_sandbox.tests.support.shopper import Shopper


def test_a_request_shows_what_was_sent_and_answered_but_no_card(
    developer: Developer, shopper: Shopper, stand_in: Process
) -> None:
    shopper.card("4000000000009995")
    request_id = next(
        one["request_id"] for one in stand_in.control.requests() if one["path"] == "/v1/payment_methods"
    )
    page = developer.see(f"/requests/{request_id}")
    assert "•••• 9995" in page
    assert "4000000000009995" not in page
    assert "card[exp_year]" in page
    assert "/v1/customers" not in developer.see("/requests?path=payment_methods")
    developer.see("/requests/req_unknown")
    assert developer.last.status_code == 404

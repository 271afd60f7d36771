"""The first page, and the search."""

from __future__ import annotations

import stripe

from stripe_sandbox.testing import Process
from stripe_sandbox.tests.support.developer import Developer
from stripe_sandbox.tests.support.shopper import Shopper


def test_the_first_page_has_the_newest_of_everything(
    developer: Developer, paid: stripe.PaymentIntent, shopper: Shopper
) -> None:
    page = developer.see("/")
    for text in (
        paid.id,
        shopper.id,
        "payment_intent.succeeded",
        "POST /v1/payment_intents",
        "4000 0000 0000 0259",
    ):
        assert text in page


def test_things_are_found_by_their_id(
    developer: Developer, shopper: Shopper, paid: stripe.PaymentIntent, stand_in: Process
) -> None:
    request_id = stand_in.control.requests()[0]["request_id"]
    for wanted in (paid.id, f" {paid.latest_charge} ", shopper.id, request_id):
        developer.see(f"/search?q={wanted}")
        assert developer.last.url.endswith(wanted.strip())
    developer.see("/search?q=ada@example.com")
    assert developer.last.url.endswith(shopper.id)
    for wanted in ("", "pi_unknown", "<script>", "no-one@example.com"):
        assert "Nothing found" in developer.see(f"/search?q={wanted}")
        assert developer.last.status_code == 404
        assert "<script>" not in developer.last.text

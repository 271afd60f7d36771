"""Credit in lots over the API."""

from __future__ import annotations

from flask import Flask

from app.clock import utc_now
from tests.billing.wallet.lots.test_drawing import grant, use
from tests.support.metering import on_growth
from tests.support.platform import Platform


def test_lots_are_listed_in_the_order_of_use_and_add_up_to_the_posted_balance(
    app: Flask, platform: Platform
) -> None:
    organization = on_growth(credit="0")
    grant(organization, "paid", "19", utc_now())
    grant(organization, "promotional", "19", utc_now())
    use(organization, "9.5", utc_now())
    found = platform.get(f"/organizations/{organization.id}/credit").json
    assert [(lot["kind"], lot["left"]["amount"], lot["expires_at"]) for lot in found["lots"]] == [
        ("promotional", "9.500000", None),
        ("paid", "19.000000", None),
    ]
    assert found["unpaid"]["amount"] == "0.000000"
    status = platform.get(f"/organizations/{organization.id}/status").json
    assert status["posted"]["amount"] == "28.500000"

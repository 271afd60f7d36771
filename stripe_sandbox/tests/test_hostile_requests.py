"""Whatever comes, the answer is Stripe's envelope: nothing breaks, and what can't be meant is refused."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from stripe_sandbox.testing import Process

SECRET = {"Authorization": "Bearer sk_test_tests"}
FORM = "application/x-www-form-urlencoded"
CARD = {"type": "card", "card[exp_month]": "1", "card[exp_year]": "2040"}


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("POST", "customers", {"data": {"name": "a\0b"}}, 200),
        ("GET", "customers/cus_%00", {}, 404),
        ("GET", "customers?email=%00", {}, 200),
        ("GET", "customers/%F0%9F%92%B3", {}, 404),
        ("POST", "customers", {"data": {"name": "a" * 2_000_000}}, 413),
        ("POST", "customers", {"files": {"name": "a" * 2_000_000}}, 413),
        ("POST", "customers", {"data": {"metadata" + "[a]" * 5000: "x"}}, 400),
        ("POST", "customers", {"data": {f"field{number}": "x" for number in range(3000)}}, 400),
        ("POST", "customers", {"data": {"expand[" + "9" * 5000 + "]": "x"}}, 400),
        ("POST", "customers", {"data": "{bad", "headers": {"Content-Type": "application/json"}}, 400),
        ("POST", "customers", {"json": {"name": "Ada"}}, 400),
        ("POST", "customers", {"data": b"name=%ff%fe%ed%a0%80", "headers": {"Content-Type": FORM}}, 200),
        ("POST", "customers", {"headers": {"Idempotency-Key": "k" * 256}}, 400),
        ("POST", "payment_intents", {"data": {"amount": "٣٣٣", "currency": "usd"}}, 400),
        ("POST", "payment_intents", {"data": {"amount": "500", "currency": "<b>"}}, 400),
        ("POST", "payment_intents", {"data": {"amount": "9" * 400, "currency": "usd"}}, 400),
        ("POST", "payment_methods", {"data": {**CARD, "card[number]": "٤" * 16}}, 402),
        ("POST", "payment_methods", {"data": {**CARD, "card[number][a]": "4242"}}, 400),
        ("GET", "balance?expand[]=available..x", {}, 400),
        ("GET", "customers?expand[a][b]=c", {}, 400),
        ("PUT", "customers", {}, 404),
        ("PATCH", "customers/cus_1", {}, 404),
        ("DELETE", "refunds/re_1", {}, 404),
        ("GET", "", {}, 404),
        ("GET", "moons", {}, 404),
        ("GET", "m*o?ns", {}, 404),
    ],
)
def test_it_is_answered_in_stripes_envelope(
    stand_in: Process, method: str, path: str, sent: dict[str, Any], status: int
) -> None:
    headers = SECRET | sent.pop("headers", {})
    answer = requests.request(method, f"{stand_in.url}/v1/{path}", headers=headers, timeout=10, **sent)
    assert answer.status_code == status
    body = answer.json()
    assert ("error" in body) == (status >= 400)
    assert answer.headers["Request-Id"]
    if status >= 400:
        assert body["error"]["message"]


@pytest.mark.parametrize("key", ["Basic ///", "Bearer", "Bearer sk_live_1", "Digest x", "Bearer \xff", ""])
def test_a_key_that_is_none_is_401(stand_in: Process, key: str) -> None:
    headers = {"Authorization": key.encode("latin-1")}
    answer = requests.get(f"{stand_in.url}/v1/customers", headers=headers, timeout=10)
    assert (answer.status_code, "error" in answer.json()) == (401, True)


@pytest.mark.parametrize(
    "path", ["payments/%00", "payments?after=%00", "search?q=%00%ff", "nowhere", "moons/pi_1"]
)
def test_the_dashboard_says_that_there_is_nothing(stand_in: Process, path: str) -> None:
    answer = requests.get(f"{stand_in.url}/{path}", timeout=10)
    assert answer.status_code == 404
    assert "<h1>" in answer.text

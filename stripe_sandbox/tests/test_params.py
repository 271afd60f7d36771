"""Parameters of the wrong kind are refused by name, whatever they are."""

from __future__ import annotations

import pytest
import requests

from stripe_sandbox.testing import Process

INTENT = {"amount": "500", "currency": "usd"}
SECRET = {"Authorization": "Bearer sk_test_tests"}


@pytest.mark.parametrize(
    ("path", "sent", "param"),
    [
        ("payment_intents", {"amount": "5x", "currency": "usd"}, "amount"),
        ("payment_intents", {"amount[x]": "5", "currency": "usd"}, "amount"),
        ("payment_intents", {"amount": "500", "currency[x]": "usd"}, "currency"),
        ("payment_intents", {**INTENT, "confirm": "maybe"}, "confirm"),
        ("payment_intents", {**INTENT, "metadata": "x"}, "metadata"),
        ("payment_intents", {**INTENT, "metadata[a]": "x", "metadata[a][b]": "y"}, "metadata"),
        ("payment_intents", {**INTENT, "payment_method_types[]": "card"}, "payment_method_types"),
        ("payment_intents", {**INTENT, "setup_future_usage": "sometimes"}, "setup_future_usage"),
        ("payment_intents", {**INTENT, "customer": ""}, "customer"),
        ("payment_methods", {"type": "card", "card": "4242"}, "card"),
        ("payment_methods", {"type": "card", "card[digits]": "4242"}, "card[digits]"),
        ("customers", {"invoice_settings": ""}, "invoice_settings"),
        ("customers", {"address[planet]": "Earth"}, "address[planet]"),
        ("customers", {"metadata[" + "k" * 41 + "]": "x"}, "metadata"),
        ("customers", {"metadata[note]": "x" * 501}, "metadata"),
        ("customers", {"metadata[note][deep]": "x"}, "metadata[note]"),
        ("customers", {f"metadata[k{number}]": "x" for number in range(51)}, "metadata"),
        ("customers", {"shipping[name]": "Ada"}, "shipping[address]"),
        (
            "payment_intents",
            {**INTENT, "automatic_payment_methods[allow_redirects]": "never"},
            "automatic_payment_methods[enabled]",
        ),
        (
            "setup_intents",
            {"mandate_data[customer_acceptance][type]": "somehow"},
            "mandate_data[customer_acceptance][type]",
        ),
        (
            "setup_intents",
            {"automatic_payment_methods[enabled]": "perhaps"},
            "automatic_payment_methods[enabled]",
        ),
        (
            "webhook_endpoints",
            {"url": "https://a.example", "enabled_events[]": "all.of.it"},
            "enabled_events[0]",
        ),
        ("webhook_endpoints", {"url": "somewhere", "enabled_events[]": "*"}, "url"),
    ],
)
def test_what_is_wrong_is_named(stand_in: Process, path: str, sent: dict[str, str], param: str) -> None:
    answer = requests.post(f"{stand_in.url}/v1/{path}", data=sent, headers=SECRET, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param


@pytest.mark.parametrize(
    "query", ["created=soon", "created[gte]=soon", "created[since]=1", "limit=all", "limit=0"]
)
def test_lists_take_only_numbers_they_know(stand_in: Process, query: str) -> None:
    answer = requests.get(f"{stand_in.url}/v1/payment_intents?{query}", headers=SECRET, timeout=10)
    assert answer.status_code == 400


def test_every_answer_has_an_id_and_tells_whether_to_try_again(stand_in: Process) -> None:
    address = f"{stand_in.url}/v1/customers"
    made = requests.post(address, headers={**SECRET, "Idempotency-Key": "once"}, timeout=10)
    replayed = requests.post(address, headers={**SECRET, "Idempotency-Key": "once"}, timeout=10)
    refused = requests.get(f"{address}/cus_unknown", headers=SECRET, timeout=10)
    assert made.headers["Request-Id"].startswith("req_")
    assert made.headers["Idempotency-Key"] == "once"
    assert "Idempotent-Replayed" not in made.headers
    assert replayed.headers["Idempotent-Replayed"] == "true"
    assert refused.headers["Stripe-Should-Retry"] == "false"


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        ("550", "isk", "invalid_charge_amount_no_decimal_compatible"),
        ("550", "ugx", "invalid_charge_amount_no_decimal_compatible"),
        ("17499", "huf", "amount_too_small"),
        ("999", "mxn", "amount_too_small"),
        ("49", "krw", "amount_too_small"),
        ("5000", "bhd", "invalid_currency"),
        ("5000", "us", "invalid_currency"),
    ],
)
def test_what_a_currency_does_not_allow_is_refused(
    stand_in: Process, amount: str, currency: str, code: str
) -> None:
    sent = {"amount": amount, "currency": currency}
    answer = requests.post(f"{stand_in.url}/v1/payment_intents", data=sent, headers=SECRET, timeout=10)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


@pytest.mark.parametrize(
    ("amount", "currency"), [("500", "isk"), ("17550", "huf"), ("50", "krw"), ("30", "gbp")]
)
def test_what_a_currency_allows_is_taken(stand_in: Process, amount: str, currency: str) -> None:
    sent = {"amount": amount, "currency": currency}
    answer = requests.post(f"{stand_in.url}/v1/payment_intents", data=sent, headers=SECRET, timeout=10)
    assert answer.status_code == 200

"""Keys: the secret one may do everything, the publishable one what stripe.js needs and no more."""

from __future__ import annotations

import pytest
import requests
import stripe

from stripe_sandbox.testing import Process
from stripe_sandbox.tests.support.shopper import Shopper

PUBLISHABLE = {"Authorization": "Bearer pk_test_tests"}


def test_without_a_key_nothing_is_served(stand_in: Process) -> None:
    answer = requests.get(f"{stand_in.url}/v1/customers", timeout=10)
    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize("key", ["sk_live_secret", "nonsense"])
def test_only_test_keys_are_taken(stand_in: Process, key: str) -> None:
    client = stripe.StripeClient(key, base_addresses={"api": stand_in.url})
    with pytest.raises(stripe.AuthenticationError):
        client.v1.customers.list()


def test_a_key_may_come_as_the_user_of_basic_authentication(stand_in: Process) -> None:
    answer = requests.get(f"{stand_in.url}/v1/customers", auth=("sk_test_tests", ""), timeout=10)
    assert answer.status_code == 200


def test_a_page_makes_a_card_and_confirms_with_the_client_secret(shopper: Shopper, stand_in: Process) -> None:
    intent = shopper.v1.setup_intents.create({"customer": shopper.id})
    card = {"type": "card", "card[number]": "4242424242424242", "card[exp_month]": 1, "card[exp_year]": 2040}
    made = requests.post(
        f"{stand_in.url}/v1/payment_methods", data=card, headers=PUBLISHABLE, timeout=10
    ).json()
    answer = requests.post(
        f"{stand_in.url}/v1/setup_intents/{intent.id}/confirm",
        data={"client_secret": intent.client_secret, "payment_method": made["id"]},
        headers=PUBLISHABLE,
        timeout=10,
    )
    assert answer.json()["status"] == "succeeded"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_page_reads_an_intent_only_with_its_client_secret(shopper: Shopper, stand_in: Process) -> None:
    intent = shopper.v1.payment_intents.create({"amount": 5000, "currency": "usd"})
    address = f"{stand_in.url}/v1/payment_intents/{intent.id}"
    known = requests.get(
        address, params={"client_secret": intent.client_secret}, headers=PUBLISHABLE, timeout=10
    )
    guessed = requests.get(address, params={"client_secret": "guess"}, headers=PUBLISHABLE, timeout=10)
    assert (known.status_code, guessed.status_code) == (200, 400)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "customers"),
        ("POST", "refunds"),
        ("GET", "payment_intents"),
        ("POST", "payment_intents"),
        ("POST", "payment_intents/{id}"),
        ("POST", "payment_intents/{id}/cancel"),
    ],
)
def test_a_page_may_do_no_more(shopper: Shopper, stand_in: Process, method: str, path: str) -> None:
    intent = shopper.v1.payment_intents.create({"amount": 5000, "currency": "usd"})
    answer = requests.request(
        method,
        f"{stand_in.url}/v1/{path.format(id=intent.id)}",
        params={"client_secret": intent.client_secret},
        headers=PUBLISHABLE,
        timeout=10,
    )
    assert answer.status_code == 403
    assert shopper.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"

"""The stand-in's own pages: receipts, the dashboard, and who may have what."""

from __future__ import annotations

import pytest
import requests
import stripe
from playwright.sync_api import expect

from stripe_sandbox.testing import Process
from stripe_sandbox.tests.browser.customer import Customer


def test_a_receipt_tells_amount_card_and_reference(customer: Customer) -> None:
    intent_id = customer.pay()
    customer.challenge.get_by_role("button", name="Complete").click()
    expect(customer.status).to_have_text("done")
    (charge,) = customer.v1.charges.list().data
    assert charge.receipt_url is not None
    customer.page.goto(charge.receipt_url)
    sheet = customer.page.get_by_role("main")
    for text in ("Receipt from Voice Portal", "$50.00", "Paid", "Visa ending in 3184", intent_id):
        expect(sheet).to_contain_text(text)


def test_the_dashboard_shows_what_happened(customer: Customer) -> None:
    customer.v1.customers.create({"name": "Northwind", "email": "pay@northwind.example"})
    intent_id = customer.pay()
    customer.page.goto(customer.stand_in.url)
    for title, text in (
        ("Payments", intent_id),
        ("Customers", "pay@northwind.example"),
        ("Events", "payment_intent.requires_action"),
        ("Requests", "POST /v1/payment_intents"),
    ):
        expect(customer.page.get_by_role("region", name=title).first).to_contain_text(text)


@pytest.mark.parametrize("path", ["/v3/", "/endive/stripe.js", "/basil/stripe.js"])
def test_the_script_is_the_same_under_every_release(stand_in: Process, path: str) -> None:
    answer = requests.get(f"{stand_in.url}{path}", timeout=5)
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.text == requests.get(f"{stand_in.url}/dahlia/stripe.js", timeout=5).text


def test_a_challenge_is_shown_only_to_who_knows_the_secret(
    stand_in: Process, client: stripe.StripeClient
) -> None:
    setup = client.v1.setup_intents.create({"usage": "off_session"})
    for path in ("/_sandbox/3ds/", "/_sandbox/frames/challenges/"):
        address = f"{stand_in.url}{path}{setup.id}"
        assert requests.get(address, {"client_secret": setup.client_secret}, timeout=5).status_code == 200
        assert requests.get(address, {"client_secret": "wrong"}, timeout=5).status_code == 404


def test_pages_of_any_origin_may_call_what_the_script_calls(stand_in: Process) -> None:
    for path in ("/v1/payment_methods", "/_sandbox/challenges/pi_1"):
        answer = requests.options(f"{stand_in.url}{path}", timeout=5)
        assert answer.status_code == 204
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("path", ["/", "/_sandbox/frames/card"])
def test_every_page_has_a_strict_policy(stand_in: Process, path: str) -> None:
    policy = requests.get(f"{stand_in.url}{path}", timeout=5).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert ("frame-ancestors 'none'" in policy) == (path == "/")

"""For each operation of the stand-in a call that succeeds, in the small world."""

from __future__ import annotations

import re
from typing import Any

from stripe_sandbox.tests.support.small_world import CARD, START


def case_of(method: str, template: str) -> tuple[list[str], dict[str, Any]]:
    """The names of the objects that a call of an operation names in its path, and its parameters."""
    ids, sent = CASES.get((method, template), (_PARTS.findall(template), {}))
    return [*ids], sent


_PARTS = re.compile(r"\{(\w+)\}")
_CREATING = {"amount": "500", "currency": "usd"}
_QUERY = {"query": "created>0"}
CASES: dict[tuple[str, str], tuple[tuple[str, ...], dict[str, Any]]] = {
    ("DELETE", "/v1/customers/{customer}/tax_ids/{id}"): (("customer", "tax_id"), {}),
    ("DELETE", "/v1/products/{id}"): (("empty_product",), {}),
    ("DELETE", "/v1/subscriptions/{subscription_exposed_id}"): (("subscription",), {}),
    ("GET", "/v1/balance_transactions/{id}"): (("balance_transaction",), {}),
    ("GET", "/v1/charges/search"): ((), _QUERY),
    ("GET", "/v1/customers"): ((), {"test_clock": "@test_clock"}),
    ("GET", "/v1/customers/search"): ((), _QUERY),
    ("GET", "/v1/customers/{customer}/tax_ids/{id}"): (("customer", "tax_id"), {}),
    ("GET", "/v1/events/{id}"): (("event",), {}),
    ("GET", "/v1/invoices/{invoice}"): (("owed",), {}),
    ("GET", "/v1/payment_intents/search"): ((), _QUERY),
    ("GET", "/v1/payment_intents/{intent}"): (("paid",), {}),
    ("GET", "/v1/payment_methods/{payment_method}"): (("saved",), {}),
    ("GET", "/v1/prices/search"): ((), {"query": "active:'true'"}),
    ("GET", "/v1/products/search"): ((), {"query": "active:'true'"}),
    ("GET", "/v1/products/{id}"): (("product",), {}),
    ("GET", "/v1/setup_intents/{intent}"): (("setup_intent",), {}),
    ("GET", "/v1/subscriptions"): ((), {"test_clock": "@test_clock"}),
    ("GET", "/v1/subscriptions/{subscription_exposed_id}"): (("subscription",), {}),
    ("DELETE", "/v1/customers/{customer}/discount"): (("discounted",), {}),
    ("DELETE", "/v1/subscriptions/{subscription_exposed_id}/discount"): (("cheaper",), {}),
    ("POST", "/v1/confirmation_tokens"): ((), {"payment_method_data": {"type": "card", "card": CARD}}),
    ("POST", "/v1/coupons"): ((), {"percent_off": "10"}),
    ("POST", "/v1/customers/{customer}/balance_transactions"): (
        ("customer",),
        {"amount": "5", "currency": "usd"},
    ),
    ("POST", "/v1/promotion_codes"): ((), {"promotion": {"type": "coupon", "coupon": "@coupon"}}),
    ("POST", "/v1/subscriptions/{subscription}/resume"): (("paused",), {}),
    ("POST", "/v1/tax_rates"): ((), {"display_name": "VAT", "inclusive": "false", "percentage": "7"}),
    ("POST", "/v1/customers/{customer}/tax_ids"): (
        ("customer",),
        {"type": "eu_vat", "value": "FR12345678901"},
    ),
    ("POST", "/v1/invoiceitems"): ((), {"customer": "@customer", "amount": "500"}),
    ("POST", "/v1/invoices"): ((), {"customer": "@customer"}),
    ("POST", "/v1/invoices/create_preview"): ((), {"subscription": "@subscription"}),
    ("POST", "/v1/invoices/{invoice}/finalize"): (("draft",), {}),
    ("POST", "/v1/invoices/{invoice}/mark_uncollectible"): (("owed",), {}),
    ("POST", "/v1/invoices/{invoice}/pay"): (("owed",), {}),
    ("POST", "/v1/invoices/{invoice}/void"): (("owed",), {}),
    ("POST", "/v1/payment_intents"): ((), _CREATING),
    ("POST", "/v1/payment_intents/{intent}"): (("ready",), {}),
    ("POST", "/v1/payment_intents/{intent}/cancel"): (("ready",), {}),
    ("POST", "/v1/payment_intents/{intent}/confirm"): (("ready",), {}),
    ("POST", "/v1/payment_methods"): ((), {"type": "card", "card": CARD}),
    ("POST", "/v1/payment_methods/{payment_method}"): (("saved",), {}),
    ("POST", "/v1/payment_methods/{payment_method}/attach"): (("loose_card",), {"customer": "@customer"}),
    ("POST", "/v1/payment_methods/{payment_method}/detach"): (("saved",), {}),
    ("POST", "/v1/prices"): ((), {"currency": "usd", "unit_amount": "900", "product": "@product"}),
    ("POST", "/v1/products"): ((), {"name": "Another"}),
    ("POST", "/v1/products/{id}"): (("product",), {}),
    ("POST", "/v1/refunds"): ((), {"payment_intent": "@paid"}),
    ("POST", "/v1/setup_intents/{intent}"): (("setup_intent",), {}),
    ("POST", "/v1/setup_intents/{intent}/cancel"): (("setup_intent",), {}),
    ("POST", "/v1/setup_intents/{intent}/confirm"): (("setup_intent",), {}),
    ("POST", "/v1/subscription_schedules"): ((), {"from_subscription": "@subscription"}),
    ("POST", "/v1/subscriptions"): ((), {"customer": "@customer", "items": [{"price": "@price"}]}),
    ("POST", "/v1/subscriptions/{subscription_exposed_id}"): (("subscription",), {}),
    ("POST", "/v1/test_helpers/confirmation_tokens"): ((), {"payment_method": "pm_card_visa"}),
    ("POST", "/v1/test_helpers/test_clocks"): ((), {"frozen_time": START}),
    ("POST", "/v1/test_helpers/test_clocks/{test_clock}/advance"): (
        ("test_clock",),
        {"frozen_time": START + 9},
    ),
    ("POST", "/v1/webhook_endpoints"): ((), {"url": "https://b.example", "enabled_events": ["*"]}),
}
"""Of operations the objects that their path names, and parameters; `@` before a name stands for its id.

Others name the objects of the path's own names, and need no parameters."""
NEVER = {("POST", "/v1/payment_intents/{intent}/capture"), ("POST", "/v1/refunds/{refund}/cancel")}
"""Operations that are always refused, whatever they are sent."""

"""A stand-in with one object of each kind, and for each operation a call of it that succeeds."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.sandbox import Sandbox
from tests.stripe_sandbox.probing import Prober

START = 1_900_000_000
CARD = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2040", "cvc": "123"}


def small_world(sandbox: Sandbox) -> Prober:
    """The objects that the cases name, on a clock that stands still."""
    world = Prober(sandbox, {})

    def make(name: str, path: str, /, **sent: Any) -> dict[str, Any]:
        result = world.send("POST", f"/v1/{path}", sent)
        assert result.status == 200, (path, result.body)
        world.named[name] = result.body["id"]
        return result.body

    make("test_clock", "test_helpers/test_clocks", frozen_time=START)
    customer = make("customer", "customers", test_clock=world.named["test_clock"])["id"]
    make("tax_id", f"customers/{customer}/tax_ids", type="eu_vat", value="DE123456789")
    make("loose_card", "payment_methods", type="card", card=CARD)
    for name in ("payment_method", "saved"):
        card = make(name, "payment_methods", type="card", card=CARD)["id"]
        make(name, f"payment_methods/{card}/attach", customer=customer)
    make("customer", f"customers/{customer}", invoice_settings={"default_payment_method": card})
    product = make("product", "products", name="Plan")["id"]
    make("empty_product", "products", name="Nothing")
    price = {"product": product, "currency": "usd", "recurring": {"interval": "month"}}
    make("dearer", "prices", unit_amount=9900, **price)
    make("price", "prices", unit_amount=4900, **price)
    items = [{"price": world.named["price"]}]
    planned = make("planned", "subscriptions", customer=customer, items=items)["id"]
    make("schedule", "subscription_schedules", from_subscription=planned)
    make("subscription", "subscriptions", customer=customer, items=items)
    intent = {"amount": 500, "currency": "usd", "customer": customer}
    paid = make("paid", "payment_intents", **intent, confirm=True, payment_method=card)
    world.named["charge"] = paid["latest_charge"]
    refunded = make("refunded", "payment_intents", **intent, confirm=True, payment_method=card)
    make("refund", "refunds", payment_intent=refunded["id"], amount=100)
    disputed = "pm_card_createDispute"
    make("disputed", "payment_intents", amount=500, currency="usd", confirm=True, payment_method=disputed)
    make("ready", "payment_intents", **intent, payment_method=card)
    make("setup_intent", "setup_intents", customer=customer, payment_method=card)
    owed = make("owed", "invoices", customer=customer)["id"]
    make("invoiceitem", "invoiceitems", customer=customer, invoice=owed, amount=700)
    make("owed", f"invoices/{owed}/finalize")
    make("draft", "invoices", customer=customer)
    make("webhook_endpoint", "webhook_endpoints", url="https://a.example", enabled_events=["*"])
    for kind in ("dispute", "event", "balance_transaction", "invoice_payment"):
        world.named[kind] = next(iter(sandbox.store.newest(kind)))["id"]
    world.named.update(intent=world.named["paid"], invoice=world.named["owed"])
    world.settle()
    return world


_CREATING = {"amount": "500", "currency": "usd"}
_QUERY = {"query": "created>0"}
CASES: dict[tuple[str, str], tuple[tuple[str, ...], dict[str, Any]]] = {
    ("DELETE", "/v1/customers/{customer}"): (("customer",), {}),
    ("DELETE", "/v1/customers/{customer}/tax_ids/{id}"): (("customer", "tax_id"), {}),
    ("DELETE", "/v1/products/{id}"): (("empty_product",), {}),
    ("DELETE", "/v1/subscriptions/{subscription_exposed_id}"): (("subscription",), {}),
    ("DELETE", "/v1/test_helpers/test_clocks/{test_clock}"): (("test_clock",), {}),
    ("DELETE", "/v1/webhook_endpoints/{webhook_endpoint}"): (("webhook_endpoint",), {}),
    ("GET", "/v1/balance"): ((), {}),
    ("GET", "/v1/balance_transactions"): ((), {}),
    ("GET", "/v1/balance_transactions/{id}"): (("balance_transaction",), {}),
    ("GET", "/v1/charges"): ((), {}),
    ("GET", "/v1/charges/search"): ((), _QUERY),
    ("GET", "/v1/charges/{charge}"): (("charge",), {}),
    ("GET", "/v1/customers"): ((), {"test_clock": "test_clock"}),
    ("GET", "/v1/customers/search"): ((), _QUERY),
    ("GET", "/v1/customers/{customer}"): (("customer",), {}),
    ("GET", "/v1/customers/{customer}/payment_methods"): (("customer",), {}),
    ("GET", "/v1/customers/{customer}/tax_ids"): (("customer",), {}),
    ("GET", "/v1/customers/{customer}/tax_ids/{id}"): (("customer", "tax_id"), {}),
    ("GET", "/v1/disputes"): ((), {}),
    ("GET", "/v1/disputes/{dispute}"): (("dispute",), {}),
    ("GET", "/v1/events"): ((), {}),
    ("GET", "/v1/events/{id}"): (("event",), {}),
    ("GET", "/v1/invoice_payments"): ((), {}),
    ("GET", "/v1/invoice_payments/{invoice_payment}"): (("invoice_payment",), {}),
    ("GET", "/v1/invoiceitems"): ((), {}),
    ("GET", "/v1/invoiceitems/{invoiceitem}"): (("invoiceitem",), {}),
    ("GET", "/v1/invoices"): ((), {}),
    ("GET", "/v1/invoices/{invoice}"): (("owed",), {}),
    ("GET", "/v1/payment_intents"): ((), {}),
    ("GET", "/v1/payment_intents/search"): ((), _QUERY),
    ("GET", "/v1/payment_intents/{intent}"): (("paid",), {}),
    ("GET", "/v1/payment_methods"): ((), {}),
    ("GET", "/v1/payment_methods/{payment_method}"): (("saved",), {}),
    ("GET", "/v1/prices"): ((), {}),
    ("GET", "/v1/prices/search"): ((), {"query": "active:'true'"}),
    ("GET", "/v1/prices/{price}"): (("price",), {}),
    ("GET", "/v1/products"): ((), {}),
    ("GET", "/v1/products/search"): ((), {"query": "active:'true'"}),
    ("GET", "/v1/products/{id}"): (("product",), {}),
    ("GET", "/v1/refunds"): ((), {}),
    ("GET", "/v1/refunds/{refund}"): (("refund",), {}),
    ("GET", "/v1/setup_intents"): ((), {}),
    ("GET", "/v1/setup_intents/{intent}"): (("setup_intent",), {}),
    ("GET", "/v1/subscription_schedules"): ((), {}),
    ("GET", "/v1/subscription_schedules/{schedule}"): (("schedule",), {}),
    ("GET", "/v1/subscriptions"): ((), {"test_clock": "test_clock"}),
    ("GET", "/v1/subscriptions/{subscription_exposed_id}"): (("subscription",), {}),
    ("GET", "/v1/test_helpers/test_clocks"): ((), {}),
    ("GET", "/v1/test_helpers/test_clocks/{test_clock}"): (("test_clock",), {}),
    ("GET", "/v1/webhook_endpoints"): ((), {}),
    ("GET", "/v1/webhook_endpoints/{webhook_endpoint}"): (("webhook_endpoint",), {}),
    ("POST", "/v1/charges/{charge}"): (("charge",), {}),
    ("POST", "/v1/customers"): ((), {}),
    ("POST", "/v1/customers/{customer}"): (("customer",), {}),
    ("POST", "/v1/customers/{customer}/tax_ids"): (
        ("customer",),
        {"type": "eu_vat", "value": "FR12345678901"},
    ),
    ("POST", "/v1/disputes/{dispute}"): (("dispute",), {}),
    ("POST", "/v1/disputes/{dispute}/close"): (("dispute",), {}),
    ("POST", "/v1/invoiceitems"): ((), {"customer": "customer", "amount": "500"}),
    ("POST", "/v1/invoices"): ((), {"customer": "customer"}),
    ("POST", "/v1/invoices/create_preview"): ((), {"subscription": "subscription"}),
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
    ("POST", "/v1/payment_methods/{payment_method}/attach"): (("loose_card",), {"customer": "customer"}),
    ("POST", "/v1/payment_methods/{payment_method}/detach"): (("saved",), {}),
    ("POST", "/v1/prices"): ((), {"currency": "usd", "unit_amount": "900", "product": "product"}),
    ("POST", "/v1/prices/{price}"): (("price",), {}),
    ("POST", "/v1/products"): ((), {"name": "Another"}),
    ("POST", "/v1/products/{id}"): (("product",), {}),
    ("POST", "/v1/refunds"): ((), {"payment_intent": "paid"}),
    ("POST", "/v1/refunds/{refund}"): (("refund",), {}),
    ("POST", "/v1/setup_intents"): ((), {}),
    ("POST", "/v1/setup_intents/{intent}"): (("setup_intent",), {}),
    ("POST", "/v1/setup_intents/{intent}/cancel"): (("setup_intent",), {}),
    ("POST", "/v1/setup_intents/{intent}/confirm"): (("setup_intent",), {}),
    ("POST", "/v1/subscription_schedules"): ((), {"from_subscription": "subscription"}),
    ("POST", "/v1/subscription_schedules/{schedule}"): (("schedule",), {}),
    ("POST", "/v1/subscription_schedules/{schedule}/cancel"): (("schedule",), {}),
    ("POST", "/v1/subscription_schedules/{schedule}/release"): (("schedule",), {}),
    ("POST", "/v1/subscriptions"): ((), {"customer": "customer", "items": [{"price": "price"}]}),
    ("POST", "/v1/subscriptions/{subscription_exposed_id}"): (("subscription",), {}),
    ("POST", "/v1/test_helpers/test_clocks"): ((), {"frozen_time": START}),
    ("POST", "/v1/test_helpers/test_clocks/{test_clock}/advance"): (
        ("test_clock",),
        {"frozen_time": START + 9},
    ),
    ("POST", "/v1/webhook_endpoints"): ((), {"url": "https://b.example", "enabled_events": ["*"]}),
    ("POST", "/v1/webhook_endpoints/{webhook_endpoint}"): (("webhook_endpoint",), {}),
}
"""For each operation the objects that its path names, and parameters; a value that is an object's name stands for its id."""
NEVER = {("POST", "/v1/payment_intents/{intent}/capture"), ("POST", "/v1/refunds/{refund}/cancel")}
"""Operations that are always refused, whatever they are sent."""

"""A stand-in with one object of each kind, for calls that are undone."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.performing import perform
from stripe_sandbox.resources.billing import discounts
from stripe_sandbox.resources.common import find
from stripe_sandbox.resources.payments import early_fraud_warnings
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.tests.support.probing import Prober

START = 1_900_000_000
CARD = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2040", "cvc": "123"}


def small_world(sandbox: Sandbox) -> Prober:
    """The objects that calls name, on a clock that stands still."""
    world = _World(Prober(sandbox, {}))
    world.people()
    world.plans()
    world.payments()
    world.settle(sandbox)
    return world.prober


class _World:
    def __init__(self, prober: Prober) -> None:
        self.prober, self.named = prober, prober.named

    def make(self, name: str, path: str, /, **sent: Any) -> dict[str, Any]:
        result = self.prober.send("POST", f"/v1/{path}", sent)
        assert result.status == 200, (path, result.body)
        self.named[name] = result.body["id"]
        return result.body

    def people(self) -> None:
        make = self.make
        clock = make("test_clock", "test_helpers/test_clocks", frozen_time=START)["id"]
        make("discounted", "customers", test_clock=clock)
        customer = make("customer", "customers", test_clock=clock)["id"]
        make("id", f"customers/{customer}/tax_ids", type="eu_vat", value="DE123456789")
        self.named["tax_id"] = self.named.pop("id")
        make("confirmation_token", "test_helpers/confirmation_tokens", payment_method="pm_card_visa")
        make("loose_card", "payment_methods", type="card", card=CARD)
        for name in ("payment_method", "saved"):
            card = make(name, "payment_methods", type="card", card=CARD)["id"]
            make(name, f"payment_methods/{card}/attach", customer=customer)
        make("customer", f"customers/{customer}", invoice_settings={"default_payment_method": card})

    def plans(self) -> None:
        make, customer = self.make, self.named["customer"]
        product = make("product", "products", name="Plan")["id"]
        make("empty_product", "products", name="Nothing")
        price = {"product": product, "currency": "usd", "recurring": {"interval": "month"}}
        make("dearer", "prices", unit_amount=9900, **price)
        items = [{"price": make("price", "prices", unit_amount=4900, **price)["id"]}]
        coupon = make("coupon", "coupons", percent_off=10, duration="forever")["id"]
        make("promotion_code", "promotion_codes", promotion={"type": "coupon", "coupon": coupon})
        make("tax_rate", "tax_rates", display_name="VAT", inclusive=False, percentage=19)
        each = {"customer": customer, "items": items}
        planned = make("planned", "subscriptions", **each)["id"]
        make("schedule", "subscription_schedules", from_subscription=planned)
        paused = make("paused", "subscriptions", **each)["id"]
        make("paused", f"subscriptions/{paused}/pause")
        make("cheaper", "subscriptions", **each, discounts=[{"coupon": coupon}])
        make("subscription", "subscriptions", **each)

    def payments(self) -> None:
        make, customer, card = self.make, self.named["customer"], self.named["saved"]
        intent = {"amount": 500, "currency": "usd", "customer": customer}
        self.named["charge"] = make("paid", "payment_intents", **intent, confirm=True, payment_method=card)[
            "latest_charge"
        ]
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
        make("waiting_item", "invoiceitems", customer=customer, amount=300)
        make("transaction", f"customers/{customer}/balance_transactions", amount=-100, currency="usd")
        make("webhook_endpoint", "webhook_endpoints", url="https://a.example", enabled_events=["*"])

    def settle(self, sandbox: Sandbox) -> None:
        named = self.named
        perform(
            sandbox,
            lambda call: discounts.give(call, find(call, "customer", named["discounted"]), named["coupon"]),
        )
        warned = perform(sandbox, lambda call: early_fraud_warnings.warn(call, named["charge"]))
        named["early_fraud_warning"] = warned.body["id"]
        for kind in ("dispute", "event", "balance_transaction", "invoice_payment"):
            named[kind] = next(iter(sandbox.store.newest(kind)))["id"]
        named.update(intent=named["paid"], invoice=named["owed"])
        self.prober.settle()

"""The kinds of objects that the dashboard has lists of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """`slug` is the first part of its addresses, `kind` the objects' `object`."""

    slug: str
    kind: str
    title: str
    one: str


SECTIONS = (
    Section("payments", "payment_intent", "Payments", "Payment"),
    Section("charges", "charge", "Charges", "Charge"),
    Section("customers", "customer", "Customers", "Customer"),
    Section("payment_methods", "payment_method", "Payment methods", "Payment method"),
    Section("setup_intents", "setup_intent", "Setup intents", "Setup intent"),
    Section("refunds", "refund", "Refunds", "Refund"),
    Section("disputes", "dispute", "Disputes", "Dispute"),
    Section(
        "early_fraud_warnings", "radar.early_fraud_warning", "Early fraud warnings", "Early fraud warning"
    ),
    Section("balance", "balance_transaction", "Balance", "Balance transaction"),
    Section("subscriptions", "subscription", "Subscriptions", "Subscription"),
    Section("schedules", "subscription_schedule", "Schedules", "Schedule"),
    Section("invoices", "invoice", "Invoices", "Invoice"),
    Section("test_clocks", "test_helpers.test_clock", "Test clocks", "Test clock"),
    Section("events", "event", "Events", "Event"),
    Section("webhooks", "webhook_endpoint", "Webhook endpoints", "Webhook endpoint"),
)
BY_SLUG = {section.slug: section for section in SECTIONS}
BY_KIND = {section.kind: section for section in SECTIONS}

"""What came of each request to Stripe, and how long it took."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from app import metrics

_WORDS = frozenset(
    [
        "v1",
        "v2",
        "account",
        "attach",
        "balance",
        "balance_transactions",
        "billing",
        "cancel",
        "charges",
        "close",
        "confirm",
        "confirmation_tokens",
        "coupons",
        "create_preview",
        "customers",
        "detach",
        "disputes",
        "early_fraud_warnings",
        "events",
        "finalize",
        "invoice_items",
        "invoice_payments",
        "invoiceitems",
        "invoices",
        "line_items",
        "lines",
        "mark_uncollectible",
        "pay",
        "payment_intents",
        "payment_methods",
        "prices",
        "products",
        "promotion_codes",
        "radar",
        "refunds",
        "registrations",
        "release",
        "search",
        "send",
        "settings",
        "setup_intents",
        "subscription_items",
        "subscription_schedules",
        "subscriptions",
        "tax",
        "tax_ids",
        "tax_rates",
        "test_helpers",
        "upcoming",
        "void",
        "webhook_endpoints",
    ]
)
"""What paths of Stripe's API consist of, besides ids: everything else counts as one."""
_OUTCOMES = ((400, "ok"), (401, "refused"), (402, "refused_key"), (403, "declined"), (404, "refused_key"))
_SLASHES = re.compile("/+")


def operation_of(method: str, url: str) -> str:
    """The operation, without ids: `POST /v1/payment_intents/:id/confirm`."""
    parts = _SLASHES.split(urlsplit(url).path.strip("/"))
    return f"{method.upper()} /" + "/".join(part if part in _WORDS else ":id" for part in parts)


def outcome_of(status: int | None) -> str:
    """What a status means; None: there was no answer."""
    if status is None:
        return "no_answer"
    if status == 429:
        return "rate_limited"
    if status >= 500:
        return "failed"
    return next((outcome for below, outcome in _OUTCOMES if status < below), "refused")


def note(method: str, url: str, status: int | None, seconds: float) -> None:
    """Record a request."""
    metrics.STRIPE_SECONDS.labels(operation_of(method, url), outcome_of(status)).observe(seconds)

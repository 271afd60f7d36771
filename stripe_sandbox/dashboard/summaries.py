"""An object in one line: what it is, what it moved, and how it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stripe_sandbox.amounts import money
from stripe_sandbox.browser.words import card
from stripe_sandbox.dashboard.blueprint import blueprint, sandbox
from stripe_sandbox.documents.wording import day

GOOD = frozenset({"succeeded", "paid", "won", "enabled", "warning_closed", "available", "active", "ready"})
BAD = frozenset(
    {
        "failed",
        "lost",
        "requires_payment_method",
        "needs_response",
        "uncollectible",
        "given up",
        "past_due",
        "unpaid",
    }
)
WARN = frozenset(
    {
        "requires_action",
        "requires_confirmation",
        "pending",
        "under_review",
        "warning_needs_response",
        "due",
        "open",
        "incomplete",
        "advancing",
    }
)


@dataclass(frozen=True, slots=True)
class Summary:
    """`amount` is written out; it and `status` are empty where an object has none."""

    what: str
    amount: str = ""
    status: str = ""


@blueprint.app_template_filter("dashboard_summary")
@blueprint.app_template_global("dashboard_summary")
def summary(body: dict[str, Any]) -> Summary:
    kind = body["object"]
    amount = body.get("total", body.get("amount"))
    moved = money(amount, body["currency"]) if isinstance(amount, int) and body.get("currency") else ""
    return Summary(str(_WHAT[kind](body) or ""), moved, str(body.get("status") or ""))


@blueprint.app_template_filter("dashboard_tone")
def tone(status: str) -> str:
    """How good a state is: good, warn, bad or nothing."""
    for name, states in (("good", GOOD), ("bad", BAD), ("warn", WARN)):
        if status in states:
            return name
    return ""


def _payment(body: dict[str, Any]) -> str:
    return body["description"] or body["customer"] or "Without a customer"


def _charge(body: dict[str, Any]) -> str:
    return card(body["payment_method_details"]["card"]) + (", disputed" if body["disputed"] else "")


def _method(body: dict[str, Any]) -> str:
    return f"{card(body['card'])}, until {body['card']['exp_month']:02}/{body['card']['exp_year']}"


def _subscription(body: dict[str, Any]) -> str:
    """What it is of, and until when that is paid: "Growth, until 24 December 2026"."""
    items = body["items"]["data"]
    names = [(sandbox().store.get(item["price"]["product"]) or {}).get("name", "Item") for item in items]
    return f"{', '.join(names)}, until {day(items[0]['current_period_end'])}"


def _invoice(body: dict[str, Any]) -> str:
    """Its number, and of one that could not be charged when that is tried again."""
    again = body["next_payment_attempt"]
    return (body["number"] or "Draft") + (f", tried again {day(again)}" if again else "")


_WHAT: dict[str, Callable[[dict[str, Any]], Any]] = {
    "payment_intent": _payment,
    "charge": _charge,
    "customer": lambda body: ", ".join(filter(None, (body["name"], body["email"]))),
    "payment_method": _method,
    "setup_intent": lambda body: body["description"] or body["customer"],
    "refund": lambda body: body["failure_reason"] or body["reason"] or "Refund",
    "radar.early_fraud_warning": lambda body: str(body["fraud_type"]).replace("_", " ").capitalize(),
    "dispute": lambda body: str(body["reason"]).replace("_", " ").capitalize(),
    "balance_transaction": lambda body: str(body["reporting_category"]).replace("_", " ").capitalize(),
    "subscription": _subscription,
    "subscription_schedule": lambda body: f"{len(body['phases'])} phases",
    "invoice": _invoice,
    "test_helpers.test_clock": lambda body: body["name"] or day(body["frozen_time"]),
    "event": lambda body: body["type"],
    "webhook_endpoint": lambda body: body["url"],
}

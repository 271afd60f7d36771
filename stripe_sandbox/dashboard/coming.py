"""What time does next to a customer, as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stripe_sandbox import clock, moving
from stripe_sandbox.dashboard.blueprint import blueprint, sandbox
from stripe_sandbox.resources.payments import banks

_CHARGED = "An invoice is finalized and charged"
_UNPAID = {"active", "past_due", "incomplete", "trialing"}


@dataclass(frozen=True, slots=True)
class Coming:
    """`at` is in seconds since 1970, `id` that of the subscription or the unpaid invoice."""

    at: int
    id: str
    words: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a customer stands in time. `cards` are those that are charged next, and how the bank of each answers."""

    now: int
    test_clock: str | None
    is_ahead: bool
    coming: Coming | None
    cards: list[tuple[dict[str, Any], str]]


@blueprint.app_template_global("dashboard_standing")
def standing(customer: dict[str, Any]) -> Standing:
    store = sandbox().store
    return Standing(
        now=clock.now(store, customer["id"]),
        test_clock=customer["test_clock"],
        is_ahead=clock.ahead(store, customer["id"]) > 0,
        coming=_coming(customer["id"]),
        cards=[(card, banks.answer_of(store.hidden(card["id"]))) for card in charged_next(customer)],
    )


def charged_next(customer: dict[str, Any]) -> list[dict[str, Any]]:
    """The cards that the customer's invoices are charged to: the subscriptions' own, and the default."""
    store = sandbox().store
    running = store.all("subscription", {"customer": customer["id"], "status": sorted(_UNPAID)})
    ids = [one["default_payment_method"] for one in running]
    ids.append(customer["invoice_settings"]["default_payment_method"])
    found = [store.get(id_, "payment_method") for id_ in dict.fromkeys(ids) if id_]
    return [card for card in found if card]


def _coming(customer: str) -> Coming | None:
    due = moving.coming(sandbox().store, customer)
    if due is None:
        return None
    body = sandbox().store.get(due[1]) or {}
    return Coming(due[0], due[1], _words(body, due[0]))


def _words(body: dict[str, Any], at: int) -> str:
    if body["object"] == "invoice":
        is_draft = body["status"] == "draft"
        return _CHARGED if is_draft else "The payment of an invoice is retried"
    waiting, paused = body["pending_update"], body["pause_collection"]
    schedule = sandbox().store.get(body["schedule"]) if body["schedule"] else None
    happens = {
        "A subscription expires: its first payment never came": body["status"] == "incomplete",
        "A pending update of a subscription expires": waiting and waiting["expires_at"] <= at,
        "A subscription ends": body["cancel_at"] and body["cancel_at"] <= at,
        "Collection for a subscription resumes": paused
        and paused["resumes_at"]
        and paused["resumes_at"] <= at,
        "A trial ends and the first charge is made": body["status"] == "trialing",
        "A subscription changes as scheduled and renews": schedule
        and any(phase["start_date"] == at for phase in schedule["phases"]),
    }
    return next((words for words, does in happens.items() if does), "A subscription renews")

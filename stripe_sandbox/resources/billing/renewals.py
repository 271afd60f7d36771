"""What time does to subscriptions: a period turns, an update or a first payment was waited for too long.

The caller moves a customer's clock: it asks `next_due` for the next moment, sets the clock to it and calls `happen`.
"""

from __future__ import annotations

from typing import Any

from stripe_sandbox.context import Call
from stripe_sandbox.resources.billing import (
    dunning,
    invoice_drafts,
    invoice_items,
    invoice_lifecycle,
    retry_schedule,
    subscription_cancellation,
    subscription_invoices,
    subscription_pauses,
    subscription_schedules,
    turning,
)
from stripe_sandbox.resources.common import find
from stripe_sandbox.store import Store

INCOMPLETE_FOR = 23 * 3600
"""Seconds that a subscription waits for its first payment."""

RUNNING = frozenset({"incomplete", "trialing", "active", "past_due", "unpaid"})
"""The statuses in which time does something to a subscription; one that is paused stands still."""


def next_due(store: Store, customer: str, until: int) -> tuple[int, str] | None:
    """When the next thing happens up to `until`, and to which subscription, or invoice that is a draft or unpaid."""
    found = [
        (due(store, body), body["id"])
        for body in store.all("subscription", {"customer": customer})
        if body["status"] in RUNNING
    ]
    found = [one for one in found if one[0] <= until]
    invoices = invoice_drafts.due(store, customer, until) + retry_schedule.due(store, customer, until)
    return min(found + invoices, default=None)


def due(store: Store, body: dict[str, Any]) -> int:
    """When time next changes a subscription, in seconds since 1970."""
    if body["status"] == "incomplete":
        return int(body["created"]) + INCOMPLETE_FOR
    times = [turning.next_moment(body, turning.schedule_of(store, body))]
    if body["pending_update"]:
        times.append(body["pending_update"]["expires_at"])
    if body["cancel_at"]:
        times.append(body["cancel_at"])
    if body["pause_collection"] and body["pause_collection"]["resumes_at"]:
        times.append(body["pause_collection"]["resumes_at"])
    return int(min(times))


def happen(call: Call, id_: str, at: int) -> dict[str, Any]:
    """Do to a subscription, or to an invoice, what is due at this moment."""
    invoice = call.store.get(id_, "invoice")
    if invoice:
        return invoice_drafts.end(call, id_) if invoice["status"] == "draft" else dunning.retry(call, id_)
    body = find(call, "subscription", id_)
    if body["status"] == "incomplete":
        body.update(status="incomplete_expired", ended_at=at)
        _void_latest(call, body)
        call.emit("customer.subscription.updated", call.store.save(body))
    elif body["pending_update"] and body["pending_update"]["expires_at"] <= at:
        body["pending_update"] = None
        _void_latest(call, body)
        call.emit("customer.subscription.updated", call.store.save(body))
        call.emit("customer.subscription.pending_update_expired", body)
    elif body["cancel_at"] and body["cancel_at"] <= at:
        subscription_cancellation.cancel(call, body, "cancellation_requested")
    elif subscription_pauses.collects_again(body, at):
        call.emit("customer.subscription.updated", call.store.save(body))
    else:
        _turn(call, body, at)
    return body


def _turn(call: Call, body: dict[str, Any], at: int) -> None:
    """Let the next phase and the next periods begin, with a draft of their invoice; what waited for it is on it."""
    schedule = turning.schedule_of(call.store, body)
    turn = turning.begin(call, body, schedule, at)
    if schedule is not None and not subscription_schedules.turned(call, schedule, body, turn):
        subscription_cancellation.cancel(call, body, "cancellation_requested")
        return
    lines = turn.prorated + turn.whole
    if not turn.is_invoiced:
        invoice_items.wait(call, body, lines)
    lines = invoice_items.take_waiting(call, body) + lines if turn.is_invoiced else []
    reason = "subscription_cycle" if turn.whole else "subscription_update"
    invoice = subscription_invoices.issue(call, body, lines, reason) if lines else None
    call.emit("customer.subscription.updated", call.store.save(body))
    if invoice is not None:
        invoice_drafts.keep(call, body, invoice)


def _void_latest(call: Call, body: dict[str, Any]) -> None:
    invoice = find(call, "invoice", body["latest_invoice"])
    if invoice["status"] == "open":
        invoice_lifecycle.void(call, invoice)

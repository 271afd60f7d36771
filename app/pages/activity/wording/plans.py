"""The plan, switching it, and its renewals."""

from __future__ import annotations

from app.billing import catalog
from app.billing.audit import Action
from app.models import AuditEvent
from app.pages.activity.wording.parts import ActionWording, as_money, nothing, paid, parse_amount

_REASONS = {
    "switched": "chosen by an owner",
    "scheduled": "as scheduled",
    "changed": "changed at the payment processor",
    "suspended": "the renewal wasn't paid in time",
    "restored": "the renewal was paid",
    "ended": "the subscription ended",
}


def _plan(event: AuditEvent) -> str:
    return plan_name(str(event.details.get("plan") or event.subject))


def _switch(event: AuditEvent) -> str:
    due = str(event.details.get("due") or "0")
    when = "now" if event.details.get("at_once") else "at the end of the period"
    cost = f", {as_money(due)} due" if parse_amount(due) else ""
    return f"{_plan(event)}, {_by(event)}, {when}{cost}"


def _changed_plan(event: AuditEvent) -> str:
    before, after = plan_name(str(event.details.get("before") or "")), plan_name(event.subject)
    reason = _REASONS.get(str(event.details.get("reason")), "")
    change = f"{before} to {after}" if before != after else f"{after}, {_by(event)}"
    return f"{change}: {reason}" if reason else change


def _by(event: AuditEvent) -> str:
    return "yearly" if event.details.get("interval") == "year" else "monthly"


def plan_name(key: str) -> str:
    """The name of a plan; its key if it isn't sold any more."""
    plan = catalog.current().plans.get(key)
    return plan.name if plan else key.capitalize()


WORDS: dict[Action, ActionWording] = {
    "plan.canceled": ActionWording("plan", "Canceled the plan", _plan),
    "plan.changed": ActionWording("plan", "Plan changed", _changed_plan),
    "plan_switch.confirmed": ActionWording("plan", "Confirmed a plan change", _switch),
    "plan_switch.given_up": ActionWording("plan", "Canceled a plan change before it was paid", _plan),
    "plan_switch.not_made": ActionWording("plan", "Plan change wasn't made", nothing),
    "plan_switch.paid_for": ActionWording("plan", "Paid for a plan change", _plan),
    "plan_switch.taken_back": ActionWording("plan", "Canceled a scheduled plan change", _plan),
    "renewal.paid_for": ActionWording("plan", "Paid a renewal", paid),
}

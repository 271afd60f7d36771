"""The plan, switching it, and its renewals."""

from __future__ import annotations

from app.billing import catalog
from app.billing.audit import Action
from app.language import gettext, marked, translated
from app.models import AuditEvent
from app.pages.activity.wording.parts import ActionWording, as_money, nothing, paid, parse_amount

_REASONS = {
    "switched": marked("chosen by an owner"),
    "scheduled": marked("as scheduled"),
    "changed": marked("changed at the payment processor"),
    "suspended": marked("the renewal wasn't paid in time"),
    "restored": marked("the renewal was paid"),
    "ended": marked("the subscription ended"),
}


def _plan(event: AuditEvent) -> str:
    return plan_name(str(event.details.get("plan") or event.subject))


def _switch(event: AuditEvent) -> str:
    due = str(event.details.get("due") or "0")
    said = {"plan": _plan_by(event), "amount": as_money(due)}
    if event.details.get("at_once"):
        return (
            gettext("%(plan)s, now, %(amount)s due", **said)
            if parse_amount(due)
            else gettext("%(plan)s, now", **said)
        )
    if parse_amount(due):
        return gettext("%(plan)s, at the end of the period, %(amount)s due", **said)
    return gettext("%(plan)s, at the end of the period", **said)


def _changed_plan(event: AuditEvent) -> str:
    before, after = plan_name(str(event.details.get("before") or "")), plan_name(event.subject)
    reason = _REASONS.get(str(event.details.get("reason")), "")
    change = (
        gettext("%(before)s to %(after)s", before=before, after=after)
        if before != after
        else _plan_by(event, after)
    )
    return gettext("%(change)s: %(reason)s", change=change, reason=translated(reason)) if reason else change


def _plan_by(event: AuditEvent, plan: str | None = None) -> str:
    """`Growth, monthly`."""
    if event.details.get("interval") == "year":
        return gettext("%(plan)s, yearly", plan=plan or _plan(event))
    return gettext("%(plan)s, monthly", plan=plan or _plan(event))


def plan_name(key: str) -> str:
    """The name of a plan; its key if it isn't sold any more."""
    plan = catalog.current().plans.get(key)
    return translated(plan.name) if plan else key.capitalize()


WORDS: dict[Action, ActionWording] = {
    "plan.canceled": ActionWording("plan", marked("Canceled the plan"), _plan),
    "plan.changed": ActionWording("plan", marked("Plan changed"), _changed_plan),
    "plan_switch.confirmed": ActionWording("plan", marked("Confirmed a plan change"), _switch),
    "plan_switch.given_up": ActionWording("plan", marked("Canceled a plan change before it was paid"), _plan),
    "plan_switch.not_made": ActionWording("plan", marked("Plan change wasn't made"), nothing),
    "plan_switch.paid_for": ActionWording("plan", marked("Paid for a plan change"), _plan),
    "plan_switch.taken_back": ActionWording("plan", marked("Canceled a scheduled plan change"), _plan),
    "renewal.paid_for": ActionWording("plan", marked("Paid a renewal"), paid),
}

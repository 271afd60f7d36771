"""Spending limits, requests for more of one, and destinations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.billing.audit import Action, display_name
from app.billing.limits.labels import PER
from app.models import AuditEvent
from app.pages.activity.wording.parts import ActionWording, amount, as_money
from app.pages.labels import destination_name
from app.web.formatting import moment


def _per(event: AuditEvent) -> str:
    return {kind.value: words for kind, words in PER.items()}.get(str(event.details.get("window")), "")


def _limit(event: AuditEvent) -> str:
    per = _per(event)
    before, after = (_limit_state(event.details.get(name)) for name in ("before", "after"))
    change = f"from {before} to {after}" if before and after else before or after
    return f"{event.subject}: {change} {per}".strip()


def _limit_state(state: dict[str, Any] | None) -> str:
    """`$30.00, stops`, and a raise with when it ends."""
    if not state:
        return ""
    parts = [as_money(str(state["amount"])), "stops" if state["stops"] else "only notifies"]
    if state.get("raised") and state.get("raised_until"):
        until = moment(datetime.fromisoformat(str(state["raised_until"])))
        parts.insert(1, f"{as_money(str(state['raised']))} until {until}")
    return ", ".join(parts)


def _more(event: AuditEvent) -> str:
    details = event.details
    per = _per(event)
    parts = [f"{event.subject}: {amount(event, 'wanted')} {per}"]
    if details.get("until"):
        parts.append(f"until {moment(datetime.fromisoformat(str(details['until'])))}")
    if event.action != "limit.more_asked":
        parts.append(f"asked by {display_name(str(details.get('asked_by')))}")
    if details.get("note"):
        parts.append(f"“{details['note']}”")
    return ", ".join(parts)


def _destination(event: AuditEvent) -> str:
    return destination_name(event.subject)


WORDS: dict[Action, ActionWording] = {
    "destination.closed": ActionWording("limits", "Closed a destination", _destination),
    "destination.opened": ActionWording("limits", "Opened a destination for calls", _destination),
    "limit.added": ActionWording("limits", "Added a limit", _limit),
    "limit.changed": ActionWording("limits", "Changed a limit", _limit),
    "limit.more_approved": ActionWording("limits", "Approved a request for more", _more),
    "limit.more_asked": ActionWording("limits", "Asked for a higher limit", _more),
    "limit.more_refused": ActionWording("limits", "Refused a request for more", _more),
    "limit.removed": ActionWording("limits", "Removed a limit", _limit),
}

"""Automatic top-ups: what was agreed to, and the brake that stops them."""

from __future__ import annotations

from datetime import datetime

from app.billing.audit import Action
from app.models import AuditEvent
from app.pages.activity.wording.parts import ActionWording, amount
from app.web.formatting import moment


def _auto_top_up(event: AuditEvent) -> str:
    """What was agreed to; the words themselves are stored with the consent."""
    threshold, target, cap = (amount(event, name) for name in ("threshold", "target", "cap"))
    cards = ", then ".join(map(str, event.details.get("cards") or []))
    return f"Below {threshold}, refill to {target}, at most {cap} a month, {cards}"


def _auto_top_up_off(event: AuditEvent) -> str:
    return {
        "failures": "after three failed tries in a row",
        "dispute": "because a cardholder disputed an automatic charge",
    }.get(str(event.details.get("reason")), "")


def _stopped(event: AuditEvent) -> str:
    spent, usual = (amount(event, name) for name in ("last_hour", "usual"))
    return f"{spent} was spent in an hour, {usual} is usual"


def _resumed(event: AuditEvent) -> str:
    details = event.details
    until = details.get("until")
    when = f"until {moment(datetime.fromisoformat(str(until)))}" if until else "for good"
    return f"{when[:1].upper()}{when[1:]}, up to {amount(event, 'up_to')} an hour"


def _brake(event: AuditEvent) -> str:
    """What an operator allows, or that an owner wants to be asked again."""
    details = event.details
    if "before" in details:
        return f"Ask again below {amount(event, 'before')} an hour"
    per_hour, per_day = details.get("charges_per_hour"), details.get("charges_per_day")
    return f"{per_hour} charges an hour, {per_day} a day, {amount(event, 'floor')} an hour"


WORDS: dict[Action, ActionWording] = {
    "auto_top_up.changed": ActionWording("top_ups", "Agreed to changes to auto top-up", _auto_top_up),
    "auto_top_up.switched_off": ActionWording("top_ups", "Turned auto top-up off", _auto_top_up_off),
    "auto_top_up.switched_on": ActionWording("top_ups", "Agreed to auto top-up", _auto_top_up),
    "auto_top_up.brake_changed": ActionWording("top_ups", "Changed the automatic top-up brake", _brake),
    "auto_top_up.resumed": ActionWording("top_ups", "Let automatic top-ups continue", _resumed),
    "auto_top_up.stopped": ActionWording("top_ups", "Automatic top-ups were stopped", _stopped),
}

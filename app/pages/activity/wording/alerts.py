"""Credit alerts: their levels, their channels, and who is told of which."""

from __future__ import annotations

from app.billing import catalog
from app.billing.audit import Action
from app.models import AuditEvent
from app.money import Money
from app.pages.activity.wording.parts import ActionWording, as_money, subject
from app.web.formatting import money


def _channel(event: AuditEvent) -> str:
    where = str(event.details.get("address") or "")
    return f"{event.subject}, {where}" if where and where not in event.subject else event.subject


def _switched_off(event: AuditEvent) -> str:
    why = {"gone": "it responded with 410 (gone)", "failing": "it accepted nothing for a day"}
    return f"{event.subject}: {why.get(str(event.details.get('reason')), 'it failed')}"


def _levels(event: AuditEvent) -> str:
    """From which levels to which."""
    return f"From {_levels_of(event, 'before')} to {_levels_of(event, 'after')}"


def _levels_of(event: AuditEvent, name: str) -> str:
    found = event.details.get(name) or {}
    parts = [f"low balance {as_money(found['low'])}" if found.get("low") else "no low balance"]
    parts += [as_money(amount) for amount in found.get("amounts") or ()]
    parts += [f"{hours} hours" for hours in found.get("hours") or ()]
    return ", ".join(parts)


def _choices(event: AuditEvent) -> str:
    had, has = ([_about(str(one)) for one in event.details.get(name) or ()] for name in ("before", "after"))
    return f"{event.subject}: from {', '.join(had) or 'nothing'} to {', '.join(has) or 'nothing'}"


def _stopped(event: AuditEvent) -> str:
    what = {"alerts": "credit alerts", "digest": "weekly digest"}.get(str(event.details.get("what")))
    return f"{event.subject}: {what}" if what else event.subject


def _about(key: str) -> str:
    kind, _, limit = key.partition(":")
    if kind == "under" and limit.isdecimal():
        return f"under {money(Money(int(limit), catalog.current().currency))}"
    if kind == "hours":
        return f"{limit} hours left"
    return {"low": "low balance", "digest": "weekly digest"}.get(key, key)


WORDS: dict[Action, ActionWording] = {
    "alerts.channel_added": ActionWording("alerts", "Added a channel for credit alerts", _channel),
    "alerts.channel_removed": ActionWording("alerts", "Removed a channel for credit alerts", _channel),
    "alerts.channel_switched_off": ActionWording(
        "alerts", "Channel for credit alerts was switched off", _switched_off
    ),
    "alerts.channel_switched_on": ActionWording("alerts", "Switched a channel on again", _channel),
    "alerts.choices_changed": ActionWording("alerts", "Changed who gets which credit alerts", _choices),
    "alerts.levels_changed": ActionWording("alerts", "Changed the levels of credit alerts", _levels),
    "alerts.phone_changed": ActionWording(
        "alerts", "Changed the number of a phone for credit alerts", _channel
    ),
    "alerts.phone_code_sent": ActionWording("alerts", "Sent a code to a phone for credit alerts", subject),
    "alerts.phone_code_wrong": ActionWording(
        "alerts", "Entered a wrong code for a phone for credit alerts", subject
    ),
    "alerts.phone_confirmed": ActionWording("alerts", "Confirmed a phone for credit alerts", _channel),
    "alerts.resubscribed": ActionWording("alerts", "Gets credit emails again", _stopped),
    "alerts.secret_changed": ActionWording("alerts", "Created a new secret for a webhook", subject),
    "alerts.unsubscribed": ActionWording("alerts", "Stopped their credit emails", _stopped),
}

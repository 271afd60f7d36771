"""Credit set aside for campaigns, and the reserve."""

from __future__ import annotations

from app.billing.audit import Action
from app.models import AuditEvent
from app.pages.activity.wording.parts import ActionWording, amount, as_money, parse_amount


def _envelope(event: AuditEvent) -> str:
    return f"{amount(event, 'amount')} for {event.subject}, until {event.details.get('until')}"


def _changed_envelope(event: AuditEvent) -> str:
    before = f"{amount(event, 'before')} until {event.details.get('before_until')}"
    after = f"{amount(event, 'amount')} until {event.details.get('until')}"
    return f"{event.subject}: from {before} to {after}"


def _ended_envelope(event: AuditEvent) -> str:
    return f"{event.subject}: {amount(event, 'returned')} is available again"


def _cut_envelope(event: AuditEvent) -> str:
    return f"{event.subject}: {amount(event, 'amount')} less"


def _reserve(event: AuditEvent) -> str:
    """An amount, so many days of rent, or off."""

    def written(text: str) -> str:
        if text.endswith("of rent"):
            return text
        return as_money(text) if parse_amount(text) else "off"

    before, after = (written(str(event.details.get(name) or "0")) for name in ("before", "after"))
    return f"From {before} to {after}"


WORDS: dict[Action, ActionWording] = {
    "envelope.set_aside": ActionWording("set_aside", "Set credit aside", _envelope),
    "envelope.changed": ActionWording("set_aside", "Changed an envelope", _changed_envelope),
    "envelope.ended": ActionWording("set_aside", "Ended an envelope", _ended_envelope),
    "envelope.cut": ActionWording("set_aside", "Envelope cut by a refund or dispute", _cut_envelope),
    "reserve.changed": ActionWording("set_aside", "Changed the reserve", _reserve),
}

"""What the timeline says of each thing that happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.billing import audit
from app.models import AuditEvent
from app.money import Money
from app.operators.timeline import Happening
from app.operators.timeline_parts import Part
from app.pages.activity import wording

PARTS = {
    Part.CREDIT: "Credit",
    Part.TOP_UPS: "Top-ups",
    Part.INVOICES: "Invoices",
    Part.DISPUTES: "Disputes",
    Part.EMAILS: "Emails",
    Part.MESSAGES: "Messages",
    Part.AUDIT: "Audit trail",
    Part.HOLDS: "Holds",
}
_TONES = {
    "failed": "bad",
    "declined": "bad",
    "uncollectible": "bad",
    "action": "warn",
    "open": "warn",
    "waiting": "neutral",
    "paying": "warn",
}
_SENDS_AGAIN = {Part.EMAILS: "operator.resend_email", Part.MESSAGES: "operator.replay_message"}
"""Where each can be sent again."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line: `again` is the endpoint that sends it again, for the thing `id`."""

    at: datetime
    id: str
    kind: str
    what: str
    detail: str
    state: str
    tone: str
    amount: Money | None
    is_movement: bool
    again: str | None


def entry(one: Happening) -> Entry:
    """A line of the timeline."""
    what, detail = _words(one)
    return Entry(
        one.at,
        str(one.id),
        PARTS[one.part],
        what,
        detail,
        _plain(one.state),
        _TONES.get(one.state, "neutral"),
        one.amount,
        one.part is Part.CREDIT,
        _SENDS_AGAIN.get(one.part),
    )


def _words(one: Happening) -> tuple[str, str]:
    if one.part is Part.AUDIT:
        event = AuditEvent(action=one.what, subject=one.subject, details=one.details)
        found = wording.find_wording(one.what)
        parts = (found.detail(event), audit.display_name(one.actor))
        return found.text, _joined(*parts)
    if one.part is Part.EMAILS:
        return one.subject or _plain(one.what), _joined(_plain(one.what) if one.subject else "", one.note)
    if one.part is Part.HOLDS:
        return one.what, _joined(one.subject, one.note)
    if one.part is Part.MESSAGES:
        return one.what, ""
    return _plain(one.what), _joined(one.subject, one.note)


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _plain(text: str) -> str:
    """`top_up` as `Top up`."""
    words = text.replace("_", " ")
    return words[:1].upper() + words[1:]

"""Cards, top-ups, and what else moved credit."""

from __future__ import annotations

from datetime import date

from app.billing.audit import Action
from app.models import AuditEvent
from app.pages.activity.wording.parts import ActionWording, amount, detail, nothing, paid


def _updated(event: AuditEvent) -> str:
    card, expires = event.details.get("card", ""), event.details.get("expires")
    return f"{card}, expires {expires}" if expires else str(card)


def _daily_limit(event: AuditEvent) -> str:
    before, after = (amount(event, name) for name in ("before", "after"))
    return f"From {before} to {after}" + (", after 24 hours" if event.details.get("starts_at") else "")


def _granted(event: AuditEvent) -> str:
    kind, note = (str(event.details.get(name) or "") for name in ("kind", "note"))
    last_day = event.details.get("last_day")
    until = f", until {date.fromisoformat(str(last_day)):%b %-d, %Y}" if last_day else ""
    return f"{amount(event, 'amount')} {kind}: {note}{until}"


WORDS: dict[Action, ActionWording] = {
    "customer.forgotten": ActionWording("cards", "Payment profile was deleted", nothing),
    "credit.granted": ActionWording("top_ups", "Granted credit", _granted),
    "daily_limit.changed": ActionWording("top_ups", "Changed the daily top-up limit", _daily_limit),
    "dispute": ActionWording("top_ups", "Bank withdrew a disputed payment", paid),
    "dispute_reversal": ActionWording("top_ups", "Bank returned a disputed payment", paid),
    "payment_method.added": ActionWording("cards", "Added a card", detail("card")),
    "payment_method.failing": ActionWording("cards", "Card stopped working", detail("card")),
    "payment_method.made_default": ActionWording("cards", "Made a card the default", detail("card")),
    "payment_method.removal_failed": ActionWording("cards", "Card couldn't be removed", detail("card")),
    "payment_method.removed": ActionWording("cards", "Removed a card", detail("card")),
    "payment_method.replaced": ActionWording("cards", "Replaced a card that was saved twice", detail("card")),
    "payment_method.updated": ActionWording("cards", "Card was renewed", _updated),
    "payment_method.works_again": ActionWording("cards", "Card works again", detail("card")),
    "refund": ActionWording("top_ups", "Refunded to the card", paid),
    "refund_reversal": ActionWording("top_ups", "A refund failed, and its credit was restored", paid),
    "top_up.canceled": ActionWording("top_ups", "Canceled a top-up", nothing),
    "top_up.paid_for": ActionWording("top_ups", "Paid for a top-up", paid),
    "top_up.settled": ActionWording("top_ups", "Top-up succeeded", paid),
}

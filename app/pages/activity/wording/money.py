"""Cards, top-ups, and what else moved credit."""

from __future__ import annotations

from datetime import date

from app.billing.audit import Action
from app.language import gettext, locale, marked
from app.language.formats import date_text
from app.models import AuditEvent
from app.pages.activity.wording.parts import ActionWording, amount, card, nothing, paid


def _updated(event: AuditEvent) -> str:
    renewed, expires = card(event), event.details.get("expires")
    return gettext("%(card)s, expires %(expires)s", card=renewed, expires=expires) if expires else renewed


def _daily_limit(event: AuditEvent) -> str:
    before, after = (amount(event, name) for name in ("before", "after"))
    if event.details.get("starts_at"):
        return gettext("From %(before)s to %(after)s, after 24 hours", before=before, after=after)
    return gettext("From %(before)s to %(after)s", before=before, after=after)


def _granted(event: AuditEvent) -> str:
    said = {"amount": amount(event, "amount"), "note": str(event.details.get("note") or "")}
    last_day, is_goodwill = event.details.get("last_day"), event.details.get("kind") == "goodwill"
    if not last_day:
        if is_goodwill:
            return gettext("%(amount)s goodwill: %(note)s", **said)
        return gettext("%(amount)s promotional: %(note)s", **said)
    said["day"] = date_text(date.fromisoformat(str(last_day)), "medium", locale())
    if is_goodwill:
        return gettext("%(amount)s goodwill: %(note)s, until %(day)s", **said)
    return gettext("%(amount)s promotional: %(note)s, until %(day)s", **said)


WORDS: dict[Action, ActionWording] = {
    "customer.forgotten": ActionWording("cards", marked("Payment profile was deleted"), nothing),
    "credit.granted": ActionWording("top_ups", marked("Granted credit"), _granted),
    "daily_limit.changed": ActionWording("top_ups", marked("Changed the daily top-up limit"), _daily_limit),
    "dispute": ActionWording("top_ups", marked("Bank withdrew a disputed payment"), paid),
    "dispute_reversal": ActionWording("top_ups", marked("Bank returned a disputed payment"), paid),
    "payment_method.added": ActionWording("cards", marked("Added a card"), card),
    "payment_method.failing": ActionWording("cards", marked("Card stopped working"), card),
    "payment_method.made_default": ActionWording("cards", marked("Made a card the default"), card),
    "payment_method.removal_failed": ActionWording("cards", marked("Card couldn't be removed"), card),
    "payment_method.removed": ActionWording("cards", marked("Removed a card"), card),
    "payment_method.replaced": ActionWording("cards", marked("Replaced a card that was saved twice"), card),
    "payment_method.updated": ActionWording("cards", marked("Card was renewed"), _updated),
    "payment_method.works_again": ActionWording("cards", marked("Card works again"), card),
    "refund": ActionWording("top_ups", marked("Refunded to the card"), paid),
    "refund_reversal": ActionWording("top_ups", marked("A refund failed, and its credit was restored"), paid),
    "top_up.canceled": ActionWording("top_ups", marked("Canceled a top-up"), nothing),
    "top_up.paid_for": ActionWording("top_ups", marked("Paid for a top-up"), paid),
    "top_up.settled": ActionWording("top_ups", marked("Top-up succeeded"), paid),
}

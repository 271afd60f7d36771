"""Credit set aside for campaigns, and the reserve."""

from __future__ import annotations

from datetime import date

from app.billing.audit import Action
from app.language import gettext, locale, marked, ngettext, pgettext
from app.language.formats import date_text
from app.models import AuditEvent
from app.pages.activity.wording.parts import ActionWording, amount, as_money, parse_amount


def _envelope(event: AuditEvent) -> str:
    return gettext(
        "%(amount)s for %(campaign)s, until %(day)s",
        amount=amount(event, "amount"),
        campaign=event.subject,
        day=_day(event, "until"),
    )


def _day(event: AuditEvent, name: str) -> str:
    day = event.details.get(name)
    return date_text(date.fromisoformat(str(day)), "medium", locale()) if day else ""


def _changed_envelope(event: AuditEvent) -> str:
    return gettext(
        "%(campaign)s: from %(before)s until %(before_day)s to %(after)s until %(day)s",
        campaign=event.subject,
        before=amount(event, "before"),
        before_day=_day(event, "before_until"),
        after=amount(event, "amount"),
        day=_day(event, "until"),
    )


def _ended_envelope(event: AuditEvent) -> str:
    returned = amount(event, "returned")
    return gettext("%(campaign)s: %(amount)s is available again", campaign=event.subject, amount=returned)


def _cut_envelope(event: AuditEvent) -> str:
    cut = amount(event, "amount")
    return gettext("%(campaign)s: %(amount)s less", campaign=event.subject, amount=cut)


def _reserve(event: AuditEvent) -> str:
    """An amount, so many days of rent, or off."""
    before, after = (_written(str(event.details.get(name) or "0")) for name in ("before", "after"))
    return gettext("From %(before)s to %(after)s", before=before, after=after)


def _written(reserve: str) -> str:
    days, _, of_rent = reserve.partition(" days of rent")
    if not of_rent and days != reserve:
        return ngettext("%(num)s day of rent", "%(num)s days of rent", int(days))
    return as_money(reserve) if parse_amount(reserve) else pgettext("a reserve", "off")


WORDS: dict[Action, ActionWording] = {
    "envelope.set_aside": ActionWording("set_aside", marked("Set credit aside for a campaign"), _envelope),
    "envelope.changed": ActionWording("set_aside", marked("Changed an envelope"), _changed_envelope),
    "envelope.ended": ActionWording("set_aside", marked("Ended an envelope"), _ended_envelope),
    "envelope.cut": ActionWording("set_aside", marked("Envelope cut by a refund or dispute"), _cut_envelope),
    "reserve.changed": ActionWording("set_aside", marked("Changed the reserve"), _reserve),
}

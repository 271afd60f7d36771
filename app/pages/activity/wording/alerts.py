"""Credit alerts: their levels, their channels, and who is told of which."""

from __future__ import annotations

from app.billing import catalog
from app.billing.audit import Action
from app.language import gettext, listed, marked, ngettext, pgettext
from app.models import AuditEvent
from app.money import Money
from app.notify import stored_texts
from app.pages.activity.wording.parts import ActionWording, as_money, subject
from app.web.formatting import money


def _channel(event: AuditEvent) -> str:
    where = str(event.details.get("address") or "")
    return f"{_named(event)}, {where}" if where and where not in event.subject else _named(event)


def _named(event: AuditEvent) -> str:
    return stored_texts.channel(event.subject)


def _switched_off(event: AuditEvent) -> str:
    match event.details.get("reason"):
        case "gone":
            return gettext("%(channel)s: it responded with 410 (gone)", channel=_named(event))
        case "failing":
            return gettext("%(channel)s: it accepted nothing for a day", channel=_named(event))
        case _:
            return gettext("%(channel)s: it failed", channel=_named(event))


def _levels(event: AuditEvent) -> str:
    """From which levels to which."""
    before, after = (_levels_of(event, name) for name in ("before", "after"))
    return gettext("From %(before)s to %(after)s", before=before, after=after)


def _levels_of(event: AuditEvent, name: str) -> str:
    found = event.details.get(name) or {}
    low = found.get("low")
    parts = [gettext("low balance %(amount)s", amount=as_money(low)) if low else gettext("no low balance")]
    parts += [as_money(amount) for amount in found.get("amounts") or ()]
    parts += [ngettext("%(num)s hour", "%(num)s hours", int(hours)) for hours in found.get("hours") or ()]
    return listed(parts, "unit")


def _choices(event: AuditEvent) -> str:
    before, after = (
        listed((_about(str(one)) for one in event.details.get(name) or ()), "unit")
        or pgettext("no alerts", "nothing")
        for name in ("before", "after")
    )
    return gettext("%(who)s: from %(before)s to %(after)s", who=event.subject, before=before, after=after)


def _stopped(event: AuditEvent) -> str:
    match event.details.get("what"):
        case "alerts":
            return gettext("%(who)s: credit alerts", who=event.subject)
        case "digest":
            return gettext("%(who)s: weekly digest", who=event.subject)
        case _:
            return event.subject


def _about(key: str) -> str:
    kind, _, limit = key.partition(":")
    if kind == "under" and limit.isdecimal():
        return gettext("under %(amount)s", amount=money(Money(int(limit), catalog.current().currency)))
    if kind == "hours" and limit.isdecimal():
        return ngettext("%(num)s hour left", "%(num)s hours left", int(limit))
    return {
        "low": gettext("low balance"),
        "digest": gettext("weekly digest"),
        "paused": pgettext("an alert", "paused"),
        "recovered": pgettext("an alert", "recovered"),
    }.get(key, key)


WORDS: dict[Action, ActionWording] = {
    "alerts.channel_added": ActionWording("alerts", marked("Added a channel for credit alerts"), _channel),
    "alerts.channel_removed": ActionWording(
        "alerts", marked("Removed a channel for credit alerts"), _channel
    ),
    "alerts.channel_switched_off": ActionWording(
        "alerts", marked("Channel for credit alerts was switched off"), _switched_off
    ),
    "alerts.channel_switched_on": ActionWording("alerts", marked("Switched a channel on again"), _channel),
    "alerts.choices_changed": ActionWording(
        "alerts", marked("Changed who gets which credit alerts"), _choices
    ),
    "alerts.levels_changed": ActionWording("alerts", marked("Changed the levels of credit alerts"), _levels),
    "alerts.phone_changed": ActionWording(
        "alerts", marked("Changed the number of a phone for credit alerts"), _channel
    ),
    "alerts.phone_code_sent": ActionWording(
        "alerts", marked("Sent a code to a phone for credit alerts"), _named
    ),
    "alerts.phone_code_wrong": ActionWording(
        "alerts", marked("Entered a wrong code for a phone for credit alerts"), subject
    ),
    "alerts.phone_confirmed": ActionWording(
        "alerts", marked("Confirmed a phone for credit alerts"), _channel
    ),
    "alerts.resubscribed": ActionWording("alerts", marked("Gets credit emails again"), _stopped),
    "alerts.secret_changed": ActionWording("alerts", marked("Created a new secret for a webhook"), _named),
    "alerts.unsubscribed": ActionWording("alerts", marked("Stopped their credit emails"), _stopped),
}

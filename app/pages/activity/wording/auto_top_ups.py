"""Automatic top-ups: what was agreed to, and the brake that stops them."""

from __future__ import annotations

from datetime import datetime
from functools import reduce

from app.billing.audit import Action
from app.language import gettext, marked
from app.models import AuditEvent, card_name
from app.pages.activity.wording.parts import ActionWording, amount
from app.web.formatting import moment_full


def _auto_top_up(event: AuditEvent) -> str:
    """What was agreed to; the words themselves are stored with the consent."""
    threshold, target, cap = (amount(event, name) for name in ("threshold", "target", "cap"))
    return gettext(
        "Below %(threshold)s, refill to %(target)s, at most %(cap)s a month, %(cards)s",
        threshold=threshold,
        target=target,
        cap=cap,
        cards=reduce(_then, (card_name(str(one)) for one in event.details.get("cards") or [""])),
    )


def _then(first: str, following: str) -> str:
    """Cards in the order in which they are charged."""
    return gettext("%(card)s, then %(following)s", card=first, following=following)


def _auto_top_up_off(event: AuditEvent) -> str:
    return {
        "failures": gettext("after three failed tries in a row"),
        "dispute": gettext("because a cardholder disputed an automatic charge"),
    }.get(str(event.details.get("reason")), "")


def _stopped(event: AuditEvent) -> str:
    spent, usual = (amount(event, name) for name in ("last_hour", "usual"))
    return gettext("%(spent)s was spent in an hour, %(usual)s is usual", spent=spent, usual=usual)


def _resumed(event: AuditEvent) -> str:
    until, up_to = event.details.get("until"), amount(event, "up_to")
    if not until:
        return gettext("For good, up to %(amount)s an hour", amount=up_to)
    time = moment_full(datetime.fromisoformat(str(until)))
    return gettext("Until %(time)s, up to %(amount)s an hour", time=time, amount=up_to)


def _brake(event: AuditEvent) -> str:
    """What an operator allows, or that an owner wants to be asked again."""
    details = event.details
    if "before" in details:
        return gettext("Ask again below %(amount)s an hour", amount=amount(event, "before"))
    return gettext(
        "%(per_hour)s charges an hour, %(per_day)s a day, %(amount)s an hour",
        per_hour=details.get("charges_per_hour"),
        per_day=details.get("charges_per_day"),
        amount=amount(event, "floor"),
    )


WORDS: dict[Action, ActionWording] = {
    "auto_top_up.changed": ActionWording("top_ups", marked("Agreed to changes to auto top-up"), _auto_top_up),
    "auto_top_up.switched_off": ActionWording("top_ups", marked("Turned auto top-up off"), _auto_top_up_off),
    "auto_top_up.switched_on": ActionWording("top_ups", marked("Agreed to auto top-up"), _auto_top_up),
    "auto_top_up.brake_changed": ActionWording(
        "top_ups", marked("Changed the automatic top-up brake"), _brake
    ),
    "auto_top_up.resumed": ActionWording("top_ups", marked("Let automatic top-ups continue"), _resumed),
    "auto_top_up.stopped": ActionWording("top_ups", marked("Automatic top-ups were stopped"), _stopped),
}

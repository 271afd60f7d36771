"""Spending limits, requests for more of one, and destinations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.billing.audit import Action, name_for_reader
from app.billing.limits.labels import PER
from app.language import gettext, marked, pgettext, translated
from app.models import AuditEvent
from app.notify import stored_texts
from app.pages.activity.wording.parts import ActionWording, amount, as_money
from app.pages.labels import destination_name
from app.web.formatting import moment_full


def _per(event: AuditEvent) -> str:
    words = {kind.value: words for kind, words in PER.items()}.get(str(event.details.get("window")), "")
    return translated(words)


def _subject(event: AuditEvent) -> str:
    return stored_texts.limit(event.subject)


def _limit(event: AuditEvent) -> str:
    before, after = (_limit_state(event.details.get(name)) for name in ("before", "after"))
    if before and after:
        return gettext(
            "%(limit)s: from %(before)s to %(after)s %(per)s",
            limit=_subject(event),
            before=before,
            after=after,
            per=_per(event),
        ).strip()
    return gettext(
        "%(limit)s: %(state)s %(per)s", limit=_subject(event), state=before or after, per=_per(event)
    ).strip()


def _limit_state(state: dict[str, Any] | None) -> str:
    """`$30.00, stops`, and a raise with when it ends."""
    if not state:
        return ""
    stops = pgettext("a limit", "stops") if state["stops"] else pgettext("a limit", "only notifies")
    parts = [as_money(str(state["amount"])), stops]
    if state.get("raised") and state.get("raised_until"):
        until = moment_full(datetime.fromisoformat(str(state["raised_until"])))
        raised = as_money(str(state["raised"]))
        parts.insert(1, gettext("%(amount)s until %(time)s", amount=raised, time=until))
    return ", ".join(parts)


def _more(event: AuditEvent) -> str:
    details = event.details
    wanted = {"limit": _subject(event), "amount": amount(event, "wanted"), "per": _per(event)}
    parts = [gettext("%(limit)s: %(amount)s %(per)s", **wanted)]
    if details.get("until"):
        parts.append(
            gettext("until %(time)s", time=moment_full(datetime.fromisoformat(str(details["until"]))))
        )
    if event.action != "limit.more_asked":
        parts.append(gettext("asked by %(name)s", name=name_for_reader(str(details.get("asked_by")))))
    if details.get("note"):
        parts.append(f"“{details['note']}”")
    return ", ".join(parts)


def _destination(event: AuditEvent) -> str:
    return destination_name(event.subject)


WORDS: dict[Action, ActionWording] = {
    "destination.closed": ActionWording("limits", marked("Closed a destination"), _destination),
    "destination.opened": ActionWording("limits", marked("Opened a destination for calls"), _destination),
    "limit.added": ActionWording("limits", marked("Added a limit"), _limit),
    "limit.changed": ActionWording("limits", marked("Changed a limit"), _limit),
    "limit.more_approved": ActionWording("limits", marked("Approved a request for more"), _more),
    "limit.more_asked": ActionWording("limits", marked("Asked for a higher limit"), _more),
    "limit.more_refused": ActionWording("limits", marked("Refused a request for more"), _more),
    "limit.removed": ActionWording("limits", marked("Removed a limit"), _limit),
}

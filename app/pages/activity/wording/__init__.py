"""The texts of the audit trail: the label of each action, its kind, and which details are shown.

Only what is listed here is shown: details may contain information for operators, such as a bank's reason for a final
decline.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, get_args

from app.billing import catalog
from app.billing.audit import Action, display_name
from app.billing.limits.labels import PER
from app.models import AuditEvent
from app.money import Money
from app.pages.labels import destination_name
from app.web.formatting import moment, money

KINDS = {
    "cards": "Cards",
    "top_ups": "Top-ups",
    "set_aside": "Envelopes and reserve",
    "alerts": "Credit alerts",
    "plan": "Plan",
    "limits": "Limits",
    "details": "Billing details",
    "people": "People",
    "sign_in": "Sign-in",
    "organization": "Organization",
    "tokens": "API tokens",
}
"""The kinds to filter by."""
_ROLES = {"org_admin": "owner", "member": "member"}
_REASONS = {
    "switched": "chosen by an owner",
    "scheduled": "as scheduled",
    "changed": "changed at the payment processor",
    "suspended": "the renewal wasn't paid in time",
    "restored": "the renewal was paid",
    "ended": "the subscription ended",
}

_PROOFS = {
    "code": "with a code",
    "recovery_code": "with a recovery code",
    "passkey": "with a passkey",
    "link": "with an emailed link",
    "invitation": "with an invitation",
    "provider": "with an identity provider",
    "shell": "through Voice Portal",
}
"""What people signed in with, where it wasn't only their password."""

Detail = Callable[[AuditEvent], str]


@dataclass(frozen=True, slots=True)
class ActionWording:
    """The label of an action, the key of its kind, and the text of its details."""

    kind: str
    text: str
    detail: Detail


def _nothing(_: AuditEvent) -> str:
    return ""


def _subject(event: AuditEvent) -> str:
    return event.subject


def _detail(name: str) -> Detail:
    return lambda event: str(event.details.get(name) or "")


def _paid(event: AuditEvent) -> str:
    """The amount, in the currency of the catalog, with the card if known."""
    amount, card = event.details.get("amount"), event.details.get("card")
    parts = [_money(amount) if amount else "", f"with {card}" if card else ""]
    return " ".join(filter(None, parts))


def _updated(event: AuditEvent) -> str:
    card, expires = event.details.get("card", ""), event.details.get("expires")
    return f"{card}, expires {expires}" if expires else str(card)


def _plan(event: AuditEvent) -> str:
    return plan_name(str(event.details.get("plan") or event.subject))


def _switch(event: AuditEvent) -> str:
    due = str(event.details.get("due") or "0")
    when = "now" if event.details.get("at_once") else "at the end of the period"
    cost = f", {_money(due)} due" if _amount(due) else ""
    return f"{_plan(event)}, {_by(event)}, {when}{cost}"


def _changed_plan(event: AuditEvent) -> str:
    before, after = plan_name(str(event.details.get("before") or "")), plan_name(event.subject)
    reason = _REASONS.get(str(event.details.get("reason")), "")
    change = f"{before} to {after}" if before != after else f"{after}, {_by(event)}"
    return f"{change}: {reason}" if reason else change


def _by(event: AuditEvent) -> str:
    return "yearly" if event.details.get("interval") == "year" else "monthly"


def _fields(event: AuditEvent) -> str:
    named = {
        "emails": "billing email recipients",
        "line1": "address line 1",
        "line2": "address line 2",
        "tax_id": "tax ID",
        "tax_kind": "tax ID type",
    }
    names = ", ".join(named.get(one, one.replace("_", " ")) for one in event.details.get("fields") or ())
    return names[:1].upper() + names[1:]


def _recipients(event: AuditEvent) -> str:
    """From whom to whom; older entries have only the second. No one named means the owners."""
    before, after = (", ".join(event.details.get(name) or ()) for name in ("before", "emails"))
    if "before" not in event.details:
        return after or "The owners"
    return f"From {before or 'the owners'} to {after or 'the owners'}"


def _with_role(event: AuditEvent) -> str:
    role = _ROLES.get(str(event.details.get("role")))
    return f"{event.subject}, {role}" if role else event.subject


def _changed_organization(event: AuditEvent) -> str:
    before, after = event.details.get("before") or {}, event.details.get("after") or {}
    parts = [
        f"{label}: {before.get(name) or 'none'} to {after.get(name) or 'none'}"
        for name, label in (("name", "Name"), ("timezone", "Time zone"), ("external_id", "External ID"))
        if before and before.get(name) != after.get(name)
    ]
    had, has = set(before.get("owners") or ()), set(after.get("owners") or ())
    parts += [f"Owner added: {one}" for one in sorted(has - had)]
    parts += [f"Owner removed: {one}" for one in sorted(had - has)]
    return "; ".join(parts)


def _envelope(event: AuditEvent) -> str:
    amount = _money(str(event.details.get("amount") or "0"))
    return f"{amount} for {event.subject}, until {event.details.get('until')}"


def _changed_envelope(event: AuditEvent) -> str:
    before = f"{_money(str(event.details.get('before') or '0'))} until {event.details.get('before_until')}"
    after = f"{_money(str(event.details.get('amount') or '0'))} until {event.details.get('until')}"
    return f"{event.subject}: from {before} to {after}"


def _ended_envelope(event: AuditEvent) -> str:
    return f"{event.subject}: {_money(str(event.details.get('returned') or '0'))} is available again"


def _cut_envelope(event: AuditEvent) -> str:
    return f"{event.subject}: {_money(str(event.details.get('amount') or '0'))} less"


def _reserve(event: AuditEvent) -> str:
    """An amount, so many days of rent, or off."""

    def written(text: str) -> str:
        if text.endswith("of rent"):
            return text
        return _money(text) if _amount(text) else "off"

    before, after = (written(str(event.details.get(name) or "0")) for name in ("before", "after"))
    return f"From {before} to {after}"


def _daily_limit(event: AuditEvent) -> str:
    before, after = (_money(str(event.details.get(name) or "0")) for name in ("before", "after"))
    return f"From {before} to {after}" + (", after 24 hours" if event.details.get("starts_at") else "")


def _auto_top_up(event: AuditEvent) -> str:
    """What was agreed to; the words themselves are stored with the consent."""
    threshold, target, cap = (
        _money(str(event.details.get(name) or "0")) for name in ("threshold", "target", "cap")
    )
    cards = ", then ".join(map(str, event.details.get("cards") or []))
    return f"Below {threshold}, refill to {target}, at most {cap} a month, {cards}"


def _auto_top_up_off(event: AuditEvent) -> str:
    return {
        "failures": "after three tries in a row that ended without a charge",
        "dispute": "because a cardholder disputed an automatic charge",
    }.get(str(event.details.get("reason")), "")


def _stopped(event: AuditEvent) -> str:
    spent, usual = (_money(str(event.details.get(name) or "0")) for name in ("last_hour", "usual"))
    return f"{spent} was spent in an hour, {usual} is usual"


def _resumed(event: AuditEvent) -> str:
    details = event.details
    until = details.get("until")
    when = f"until {moment(datetime.fromisoformat(str(until)))}" if until else "for good"
    return f"{when[:1].upper()}{when[1:]}, up to {_money(str(details.get('up_to') or '0'))} an hour"


def _brake(event: AuditEvent) -> str:
    """What an operator allows, or that an owner wants to be asked again."""
    details = event.details
    if "before" in details:
        return f"Ask again below {_money(str(details['before']))} an hour"
    per_hour, per_day = details.get("charges_per_hour"), details.get("charges_per_day")
    return f"{per_hour} charges an hour, {per_day} a day, {_money(str(details.get('floor') or '0'))} an hour"


def _per(event: AuditEvent) -> str:
    return {kind.value: words for kind, words in PER.items()}.get(str(event.details.get("window")), "")


def _limit(event: AuditEvent) -> str:
    per = _per(event)
    before, after = (_limit_state(event.details.get(name)) for name in ("before", "after"))
    change = f"from {before} to {after}" if before and after else before or after
    return f"{event.subject}: {change} {per}".strip()


def _limit_state(state: dict[str, Any] | None) -> str:
    """`$30.00, stops`, and a raise with when it ends."""
    if not state:
        return ""
    parts = [_money(str(state["amount"])), "stops" if state["stops"] else "only tells"]
    if state.get("raised") and state.get("raised_until"):
        until = moment(datetime.fromisoformat(str(state["raised_until"])))
        parts.insert(1, f"{_money(str(state['raised']))} until {until}")
    return ", ".join(parts)


def _more(event: AuditEvent) -> str:
    details = event.details
    per = _per(event)
    parts = [f"{event.subject}: {_money(str(details.get('wanted') or '0'))} {per}"]
    if details.get("until"):
        parts.append(f"until {moment(datetime.fromisoformat(str(details['until'])))}")
    if event.action != "limit.more_asked":
        parts.append(f"asked by {display_name(str(details.get('asked_by')))}")
    if details.get("note"):
        parts.append(f"“{details['note']}”")
    return ", ".join(parts)


def _destination(event: AuditEvent) -> str:
    return destination_name(event.subject)


def _granted(event: AuditEvent) -> str:
    amount, kind, note = (str(event.details.get(name) or "") for name in ("amount", "kind", "note"))
    last_day = event.details.get("last_day")
    until = f", until {date.fromisoformat(str(last_day)):%b %-d, %Y}" if last_day else ""
    return f"{_money(amount or '0')} {kind}: {note}{until}"


def _confirmations(event: AuditEvent) -> str:
    return "Ask every time" if event.details.get("always") else "Ask when the last confirmation is older"


def _attempts(event: AuditEvent) -> str:
    count = int(event.details.get("attempts") or 1)
    return f"{event.subject}, {count:,} attempts in an hour" if count > 1 else event.subject


def _session(event: AuditEvent) -> str:
    device, place = (str(event.details.get(name) or "") for name in ("device", "place"))
    return ", ".join(filter(None, (event.subject, device, place)))


def _sessions(event: AuditEvent) -> str:
    return f"{event.subject}, except one browser" if event.details.get("but_one") else event.subject


def _signed_in(event: AuditEvent) -> str:
    """By what, and whether the browser was new to the account."""
    by = _PROOFS.get(str(event.details.get("by")))
    parts = [event.subject, by, "from a new browser" if event.details.get("new_browser") else None]
    return ", ".join(filter(None, parts))


def _channel(event: AuditEvent) -> str:
    where = str(event.details.get("address") or "")
    return f"{event.subject}, {where}" if where and where not in event.subject else event.subject


def _switched_off(event: AuditEvent) -> str:
    why = {"gone": "it answered 410", "failing": "it accepted nothing for a day"}
    return f"{event.subject}: {why.get(str(event.details.get('reason')), 'it failed')}"


def _levels(event: AuditEvent) -> str:
    """From which levels to which."""
    return f"From {_levels_of(event, 'before')} to {_levels_of(event, 'after')}"


def _levels_of(event: AuditEvent, name: str) -> str:
    found = event.details.get(name) or {}
    parts = [f"low balance {_money(found['low'])}" if found.get("low") else "no low balance"]
    parts += [_money(amount) for amount in found.get("amounts") or ()]
    parts += [f"{hours} hours" for hours in found.get("hours") or ()]
    return ", ".join(parts)


def _choices(event: AuditEvent) -> str:
    had, has = ([_about(str(one)) for one in event.details.get(name) or ()] for name in ("before", "after"))
    return f"{event.subject}: from {', '.join(had) or 'nothing'} to {', '.join(has) or 'nothing'}"


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
    "alerts.secret_changed": ActionWording("alerts", "Gave a webhook a new secret", _subject),
    "alerts.unsubscribed": ActionWording("alerts", "Stopped their credit emails", _subject),
    "auto_top_up.changed": ActionWording("top_ups", "Agreed to changed auto top-up", _auto_top_up),
    "auto_top_up.switched_off": ActionWording("top_ups", "Turned auto top-up off", _auto_top_up_off),
    "auto_top_up.switched_on": ActionWording("top_ups", "Agreed to auto top-up", _auto_top_up),
    "auto_top_up.brake_changed": ActionWording("top_ups", "Changed the automatic top-up brake", _brake),
    "auto_top_up.resumed": ActionWording("top_ups", "Let automatic top-ups continue", _resumed),
    "auto_top_up.stopped": ActionWording("top_ups", "Automatic top-ups were stopped", _stopped),
    "billing_details.changed": ActionWording("details", "Changed billing details", _fields),
    "customer.forgotten": ActionWording("cards", "Payment profile was deleted", _nothing),
    "envelope.set_aside": ActionWording("set_aside", "Set credit aside", _envelope),
    "envelope.changed": ActionWording("set_aside", "Changed an envelope", _changed_envelope),
    "envelope.ended": ActionWording("set_aside", "Ended an envelope", _ended_envelope),
    "envelope.cut": ActionWording("set_aside", "Envelope cut by a refund or dispute", _cut_envelope),
    "reserve.changed": ActionWording("set_aside", "Changed the reserve", _reserve),
    "call.confirmed": ActionWording("organization", "Said that a long call is still going on", _subject),
    "call.ended": ActionWording("organization", "Ended a call that lasted unusually long", _subject),
    "credit.granted": ActionWording("top_ups", "Granted credit", _granted),
    "daily_limit.changed": ActionWording("top_ups", "Changed the daily top-up limit", _daily_limit),
    "destination.closed": ActionWording("limits", "Closed a destination", _destination),
    "destination.opened": ActionWording("limits", "Opened a destination for calls", _destination),
    "dispute": ActionWording("top_ups", "Bank withdrew a disputed payment", _paid),
    "dispute_reversal": ActionWording("top_ups", "Bank returned a disputed payment", _paid),
    "invitation.withdrawn": ActionWording("people", "Withdrew an invitation", _subject),
    "limit.added": ActionWording("limits", "Added a limit", _limit),
    "limit.changed": ActionWording("limits", "Changed a limit", _limit),
    "limit.more_approved": ActionWording("limits", "Approved a request for more", _more),
    "limit.more_asked": ActionWording("limits", "Asked for more of a limit", _more),
    "limit.more_refused": ActionWording("limits", "Refused a request for more", _more),
    "limit.removed": ActionWording("limits", "Removed a limit", _limit),
    "organization.changed": ActionWording("organization", "Changed the organization", _changed_organization),
    "organization.confirmations_chosen": ActionWording(
        "organization", "Changed how often people confirm", _confirmations
    ),
    "organization.created": ActionWording("organization", "Created the organization", _changed_organization),
    "organization.recipients_set": ActionWording("details", "Changed who gets billing email", _recipients),
    "organization.second_factor_optional": ActionWording(
        "organization", "Stopped requiring a second factor", _nothing
    ),
    "organization.second_factor_required": ActionWording(
        "organization", "Required a second factor of everyone", _nothing
    ),
    "payment_method.added": ActionWording("cards", "Added a card", _detail("card")),
    "payment_method.failing": ActionWording("cards", "Card stopped working", _detail("card")),
    "payment_method.made_default": ActionWording("cards", "Made a card the default", _detail("card")),
    "payment_method.removal_failed": ActionWording("cards", "Card couldn't be removed", _detail("card")),
    "payment_method.removed": ActionWording("cards", "Removed a card", _detail("card")),
    "payment_method.replaced": ActionWording(
        "cards", "Replaced a card that was saved twice", _detail("card")
    ),
    "payment_method.updated": ActionWording("cards", "Card was renewed", _updated),
    "payment_method.works_again": ActionWording("cards", "Card works again", _detail("card")),
    "plan.canceled": ActionWording("plan", "Canceled the plan", _plan),
    "plan.changed": ActionWording("plan", "Plan changed", _changed_plan),
    "plan_switch.confirmed": ActionWording("plan", "Confirmed a plan change", _switch),
    "plan_switch.given_up": ActionWording("plan", "Canceled a plan change before it was paid", _plan),
    "plan_switch.not_made": ActionWording("plan", "Plan change wasn't made", _nothing),
    "plan_switch.paid_for": ActionWording("plan", "Paid for a plan change", _plan),
    "plan_switch.taken_back": ActionWording("plan", "Canceled a scheduled plan change", _plan),
    "refund": ActionWording("top_ups", "Refunded to the card", _paid),
    "refund_reversal": ActionWording("top_ups", "A refund failed, and its credit was restored", _paid),
    "renewal.paid_for": ActionWording("plan", "Paid a renewal", _paid),
    "token.created": ActionWording("tokens", "Created an API token", _detail("name")),
    "token.revoked": ActionWording("tokens", "Revoked an API token", _detail("name")),
    "token.used_from_new_address": ActionWording(
        "tokens", "Used an API token from a new address", _detail("name")
    ),
    "top_up.canceled": ActionWording("top_ups", "Canceled a top-up", _nothing),
    "top_up.paid_for": ActionWording("top_ups", "Paid for a top-up", _paid),
    "top_up.settled": ActionWording("top_ups", "Top-up succeeded", _paid),
    "user.added": ActionWording("people", "Added a person", _with_role),
    "user.authenticator_app_added": ActionWording("sign_in", "Added an authenticator app", _subject),
    "user.authenticator_app_removed": ActionWording("sign_in", "Removed an authenticator app", _subject),
    "user.confirmation_failed": ActionWording("sign_in", "Failed to confirm that it's them", _attempts),
    "user.details_changed": ActionWording("people", "Changed their account details", _fields),
    "user.identity_connected": ActionWording("sign_in", "Connected an identity provider", _subject),
    "user.identity_disconnected": ActionWording("sign_in", "Disconnected an identity provider", _subject),
    "user.invited": ActionWording("people", "Invited a person", _with_role),
    "user.joined": ActionWording("people", "Accepted an invitation", _with_role),
    "user.passkey_added": ActionWording("sign_in", "Added a passkey", _subject),
    "user.passkey_removed": ActionWording("sign_in", "Removed a passkey", _subject),
    "user.password_link_mailed": ActionWording("sign_in", "Emailed a password reset link", _subject),
    "user.password_set": ActionWording("sign_in", "Set a password", _subject),
    "user.recovery_code_used": ActionWording("sign_in", "Signed in with a recovery code", _subject),
    "user.recovery_codes_made": ActionWording("sign_in", "Created recovery codes", _subject),
    "user.removed": ActionWording("people", "Removed a person", _subject),
    "user.role_changed": ActionWording("people", "Changed a role", _with_role),
    "user.second_factor_guessed": ActionWording(
        "sign_in", "Entered several wrong codes after the right password", _subject
    ),
    "user.second_factor_reset": ActionWording("sign_in", "Reset a second factor", _subject),
    "user.session_ended": ActionWording("sign_in", "Signed out one of their browsers", _session),
    "user.sessions_ended": ActionWording("sign_in", "Signed out everywhere", _sessions),
    "user.sign_in_failed": ActionWording("sign_in", "Failed to sign in", _attempts),
    "user.signed_in": ActionWording("sign_in", "Signed in", _signed_in),
    "user.signed_out": ActionWording("sign_in", "Signed out", _subject),
}


_KNOWN: dict[str, ActionWording] = {str(action): words for action, words in WORDS.items()}


def find_wording(action: str) -> ActionWording:
    """The wording of an action; one recorded by an older version is shown as recorded."""
    return _KNOWN.get(action) or ActionWording(
        "organization", action.replace(".", ": ").replace("_", " "), _subject
    )


def actions_of(kind: str) -> frozenset[str]:
    """The actions of a kind."""
    return frozenset(action for action in get_args(Action) if find_wording(action).kind == kind)


def plan_name(key: str) -> str:
    """The name of a plan; its key if it isn't sold any more."""
    plan = catalog.current().plans.get(key)
    return plan.name if plan else key.capitalize()


def _money(text: str) -> str:
    return money(_amount(text))


def _amount(text: str) -> Money:
    """An amount in the trail: an exact decimal, in the currency of all wallets."""
    return Money(int(Decimal(text) * 1_000_000), catalog.current().currency)

"""The organization, its billing details, its calls, its people and its API tokens."""

from __future__ import annotations

from app.billing.audit import Action
from app.language import gettext, listed, marked, pgettext
from app.models import AuditEvent
from app.pages.activity.wording.parts import ActionWording, detail, fields, nothing, subject


def _recipients(event: AuditEvent) -> str:
    """From whom to whom; older entries have only the second. No one named means the owners."""
    before, after = (listed(event.details.get(name) or (), "unit") for name in ("before", "emails"))
    if "before" not in event.details:
        return after or gettext("The owners")
    owners = gettext("the owners")
    return gettext("From %(before)s to %(after)s", before=before or owners, after=after or owners)


def _with_role(event: AuditEvent) -> str:
    match event.details.get("role"):
        case "org_admin":
            return gettext("%(who)s, owner", who=event.subject)
        case "member":
            return gettext("%(who)s, member", who=event.subject)
        case _:
            return event.subject


def _changed_organization(event: AuditEvent) -> str:
    before, after = event.details.get("before") or {}, event.details.get("after") or {}
    none = pgettext("no value", "none")
    fields_shown = (
        ("name", gettext("Name")),
        ("timezone", gettext("Time zone")),
        ("external_id", gettext("External ID")),
    )
    parts = [
        gettext(
            "%(field)s: %(before)s to %(after)s",
            field=label,
            before=before.get(name) or none,
            after=after.get(name) or none,
        )
        for name, label in fields_shown
        if before and before.get(name) != after.get(name)
    ]
    had, has = set(before.get("owners") or ()), set(after.get("owners") or ())
    parts += [gettext("Owner added: %(email)s", email=one) for one in sorted(has - had)]
    parts += [gettext("Owner removed: %(email)s", email=one) for one in sorted(had - has)]
    return "; ".join(parts)


def _confirmations(event: AuditEvent) -> str:
    if event.details.get("always"):
        return gettext("Ask every time")
    return gettext("Ask when the last confirmation is older")


def _with_reason(event: AuditEvent) -> str:
    said, reason = event.subject, str(event.details.get("reason") or "")
    return gettext("%(what)s: %(reason)s", what=said, reason=reason) if reason else said


WORDS: dict[Action, ActionWording] = {
    "email.resent": ActionWording("organization", marked("Resent an email"), _with_reason),
    "message.replayed": ActionWording("organization", marked("Resent a system message"), _with_reason),
    "billing_details.changed": ActionWording("details", marked("Changed billing details"), fields),
    "call.confirmed": ActionWording(
        "organization", marked("Confirmed that a long call is still in progress"), subject
    ),
    "call.ended": ActionWording("organization", marked("Ended a call that lasted unusually long"), subject),
    "invitation.withdrawn": ActionWording("people", marked("Withdrew an invitation"), subject),
    "organization.changed": ActionWording(
        "organization", marked("Changed the organization"), _changed_organization
    ),
    "organization.confirmations_chosen": ActionWording(
        "organization", marked("Changed how often people confirm"), _confirmations
    ),
    "organization.created": ActionWording(
        "organization", marked("Created the organization"), _changed_organization
    ),
    "organization.recipients_set": ActionWording(
        "details", marked("Changed who gets billing email"), _recipients
    ),
    "organization.second_factor_optional": ActionWording(
        "organization", marked("Stopped requiring a second factor"), nothing
    ),
    "organization.second_factor_required": ActionWording(
        "organization", marked("Required a second factor of everyone"), nothing
    ),
    "token.created": ActionWording("tokens", marked("Created an API token"), detail("name")),
    "token.revoked": ActionWording("tokens", marked("Revoked an API token"), detail("name")),
    "token.used_from_new_address": ActionWording(
        "tokens", marked("Used an API token from a new address"), detail("name")
    ),
    "user.added": ActionWording("people", marked("Added a person"), _with_role),
    "user.details_changed": ActionWording("people", marked("Changed their account details"), fields),
    "user.invited": ActionWording("people", marked("Invited a person"), _with_role),
    "user.joined": ActionWording("people", marked("Accepted an invitation"), _with_role),
    "user.removed": ActionWording("people", marked("Removed a person"), subject),
    "user.role_changed": ActionWording("people", marked("Changed a role"), _with_role),
}

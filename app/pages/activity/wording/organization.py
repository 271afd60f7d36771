"""The organization, its billing details, its calls, its people and its API tokens."""

from __future__ import annotations

from app.billing.audit import Action
from app.models import AuditEvent
from app.pages.activity.wording.parts import ActionWording, detail, fields, nothing, subject

_ROLES = {"org_admin": "owner", "member": "member"}


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


def _confirmations(event: AuditEvent) -> str:
    return "Ask every time" if event.details.get("always") else "Ask when the last confirmation is older"


WORDS: dict[Action, ActionWording] = {
    "billing_details.changed": ActionWording("details", "Changed billing details", fields),
    "call.confirmed": ActionWording(
        "organization", "Confirmed that a long call is still in progress", subject
    ),
    "call.ended": ActionWording("organization", "Ended a call that lasted unusually long", subject),
    "invitation.withdrawn": ActionWording("people", "Withdrew an invitation", subject),
    "organization.changed": ActionWording("organization", "Changed the organization", _changed_organization),
    "organization.confirmations_chosen": ActionWording(
        "organization", "Changed how often people confirm", _confirmations
    ),
    "organization.created": ActionWording("organization", "Created the organization", _changed_organization),
    "organization.recipients_set": ActionWording("details", "Changed who gets billing email", _recipients),
    "organization.second_factor_optional": ActionWording(
        "organization", "Stopped requiring a second factor", nothing
    ),
    "organization.second_factor_required": ActionWording(
        "organization", "Required a second factor of everyone", nothing
    ),
    "token.created": ActionWording("tokens", "Created an API token", detail("name")),
    "token.revoked": ActionWording("tokens", "Revoked an API token", detail("name")),
    "token.used_from_new_address": ActionWording(
        "tokens", "Used an API token from a new address", detail("name")
    ),
    "user.added": ActionWording("people", "Added a person", _with_role),
    "user.details_changed": ActionWording("people", "Changed their account details", fields),
    "user.invited": ActionWording("people", "Invited a person", _with_role),
    "user.joined": ActionWording("people", "Accepted an invitation", _with_role),
    "user.removed": ActionWording("people", "Removed a person", subject),
    "user.role_changed": ActionWording("people", "Changed a role", _with_role),
}

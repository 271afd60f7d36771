"""Signing in, and what people do it with."""

from __future__ import annotations

from app.billing.audit import Action
from app.language import gettext, marked, ngettext, translated
from app.models import AuditEvent
from app.notify import stored_texts
from app.pages.activity.wording.parts import ActionWording, subject
from app.web.formatting import number

_PROOFS = {
    "code": marked("with a code"),
    "recovery_code": marked("with a recovery code"),
    "passkey": marked("with a passkey"),
    "link": marked("with an emailed link"),
    "invitation": marked("with an invitation"),
    "provider": marked("with an identity provider"),
    "shell": marked("through Voice Portal"),
}
"""What people signed in with, where it wasn't only their password."""


def _attempts(event: AuditEvent) -> str:
    count = int(event.details.get("attempts") or 1)
    if count == 1:
        return event.subject
    return ngettext(
        "%(who)s, %(num)s attempt in an hour",
        "%(who)s, %(num)s attempts in an hour",
        count,
        who=event.subject,
        num=number(count),
    )


def _session(event: AuditEvent) -> str:
    device = stored_texts.device(str(event.details.get("device") or ""))
    place = stored_texts.place(str(event.details.get("place") or ""))
    return ", ".join(filter(None, (event.subject, device, place)))


def _sessions(event: AuditEvent) -> str:
    return (
        gettext("%(who)s, except one browser", who=event.subject)
        if event.details.get("but_one")
        else event.subject
    )


def _signed_in(event: AuditEvent) -> str:
    """By what, and whether the browser was new to the account."""
    by = translated(_PROOFS.get(str(event.details.get("by")), ""))
    new = gettext("from a new browser") if event.details.get("new_browser") else ""
    return ", ".join(filter(None, (event.subject, by, new)))


WORDS: dict[Action, ActionWording] = {
    "user.authenticator_app_added": ActionWording("sign_in", marked("Added an authenticator app"), subject),
    "user.authenticator_app_removed": ActionWording(
        "sign_in", marked("Removed an authenticator app"), subject
    ),
    "user.confirmation_failed": ActionWording(
        "sign_in", marked("Failed to confirm that it's them"), _attempts
    ),
    "user.identity_connected": ActionWording("sign_in", marked("Connected an identity provider"), subject),
    "user.identity_disconnected": ActionWording(
        "sign_in", marked("Disconnected an identity provider"), subject
    ),
    "user.passkey_added": ActionWording("sign_in", marked("Added a passkey"), subject),
    "user.passkey_removed": ActionWording("sign_in", marked("Removed a passkey"), subject),
    "user.password_link_mailed": ActionWording("sign_in", marked("Emailed a password reset link"), subject),
    "user.password_set": ActionWording("sign_in", marked("Set a password"), subject),
    "user.recovery_code_used": ActionWording("sign_in", marked("Signed in with a recovery code"), subject),
    "user.recovery_codes_made": ActionWording("sign_in", marked("Created recovery codes"), subject),
    "user.second_factor_guessed": ActionWording(
        "sign_in", marked("Entered several wrong codes after the right password"), subject
    ),
    "user.second_factor_reset": ActionWording("sign_in", marked("Reset someone's second factor"), subject),
    "user.session_ended": ActionWording("sign_in", marked("Signed out one of their browsers"), _session),
    "user.sessions_ended": ActionWording("sign_in", marked("Signed out everywhere"), _sessions),
    "user.sign_in_failed": ActionWording("sign_in", marked("Failed to sign in"), _attempts),
    "user.signed_in": ActionWording("sign_in", marked("Signed in"), _signed_in),
    "user.signed_out": ActionWording("sign_in", marked("Signed out"), subject),
}

"""Signing in, and what people do it with."""

from __future__ import annotations

from app.billing.audit import Action
from app.models import AuditEvent
from app.pages.activity.wording.parts import ActionWording, subject

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


WORDS: dict[Action, ActionWording] = {
    "user.authenticator_app_added": ActionWording("sign_in", "Added an authenticator app", subject),
    "user.authenticator_app_removed": ActionWording("sign_in", "Removed an authenticator app", subject),
    "user.confirmation_failed": ActionWording("sign_in", "Failed to confirm that it's them", _attempts),
    "user.identity_connected": ActionWording("sign_in", "Connected an identity provider", subject),
    "user.identity_disconnected": ActionWording("sign_in", "Disconnected an identity provider", subject),
    "user.passkey_added": ActionWording("sign_in", "Added a passkey", subject),
    "user.passkey_removed": ActionWording("sign_in", "Removed a passkey", subject),
    "user.password_link_mailed": ActionWording("sign_in", "Emailed a password reset link", subject),
    "user.password_set": ActionWording("sign_in", "Set a password", subject),
    "user.recovery_code_used": ActionWording("sign_in", "Signed in with a recovery code", subject),
    "user.recovery_codes_made": ActionWording("sign_in", "Created recovery codes", subject),
    "user.second_factor_guessed": ActionWording(
        "sign_in", "Entered several wrong codes after the right password", subject
    ),
    "user.second_factor_reset": ActionWording("sign_in", "Reset a second factor", subject),
    "user.session_ended": ActionWording("sign_in", "Signed out one of their browsers", _session),
    "user.sessions_ended": ActionWording("sign_in", "Signed out everywhere", _sessions),
    "user.sign_in_failed": ActionWording("sign_in", "Failed to sign in", _attempts),
    "user.signed_in": ActionWording("sign_in", "Signed in", _signed_in),
    "user.signed_out": ActionWording("sign_in", "Signed out", subject),
}

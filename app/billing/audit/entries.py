"""The audit trail: every change by a person or by the application itself, with who, what, when and from where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from app.extensions import db
from app.ids import uuid7
from app.models import AuditEvent

Action = Literal[
    "alerts.channel_added",
    "alerts.channel_removed",
    "alerts.channel_switched_off",
    "alerts.channel_switched_on",
    "alerts.choices_changed",
    "alerts.levels_changed",
    "alerts.phone_changed",
    "alerts.phone_code_sent",
    "alerts.phone_code_wrong",
    "alerts.phone_confirmed",
    "alerts.resubscribed",
    "alerts.secret_changed",
    "alerts.unsubscribed",
    "auto_top_up.brake_changed",
    "auto_top_up.changed",
    "auto_top_up.resumed",
    "auto_top_up.stopped",
    "auto_top_up.switched_off",
    "auto_top_up.switched_on",
    "billing_details.changed",
    "call.confirmed",
    "call.ended",
    "credit.granted",
    "customer.forgotten",
    "daily_limit.changed",
    "dispute",
    "dispute_reversal",
    "email.resent",
    "envelope.changed",
    "envelope.cut",
    "envelope.ended",
    "envelope.set_aside",
    "invitation.withdrawn",
    "destination.closed",
    "destination.opened",
    "limit.added",
    "limit.changed",
    "limit.more_approved",
    "limit.more_asked",
    "limit.more_refused",
    "limit.removed",
    "message.replayed",
    "organization.changed",
    "organization.confirmations_chosen",
    "organization.created",
    "organization.recipients_set",
    "organization.second_factor_optional",
    "organization.second_factor_required",
    "payment_method.added",
    "payment_method.failing",
    "payment_method.made_default",
    "payment_method.removal_failed",
    "payment_method.removed",
    "payment_method.replaced",
    "payment_method.updated",
    "payment_method.works_again",
    "plan.canceled",
    "plan.changed",
    "plan_switch.confirmed",
    "plan_switch.given_up",
    "plan_switch.not_made",
    "plan_switch.paid_for",
    "plan_switch.taken_back",
    "refund",
    "refund_reversal",
    "renewal.paid_for",
    "reserve.changed",
    "token.created",
    "token.revoked",
    "token.used_from_new_address",
    "top_up.canceled",
    "top_up.paid_for",
    "top_up.settled",
    "user.added",
    "user.authenticator_app_added",
    "user.authenticator_app_removed",
    "user.confirmation_failed",
    "user.details_changed",
    "user.identity_connected",
    "user.identity_disconnected",
    "user.invited",
    "user.joined",
    "user.passkey_added",
    "user.passkey_removed",
    "user.password_link_mailed",
    "user.password_set",
    "user.recovery_code_used",
    "user.recovery_codes_made",
    "user.removed",
    "user.role_changed",
    "user.second_factor_guessed",
    "user.second_factor_reset",
    "user.session_ended",
    "user.sessions_ended",
    "user.sign_in_failed",
    "user.signed_in",
    "user.signed_out",
]
"""Every action that can be recorded; its label is in `app.pages.activity.wording`."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who performs an action: a person, with their IP address, or a part of the application."""

    name: str
    user_id: UUID | None = None
    address: str | None = None


STRIPE = Actor("stripe")
AUTO_TOP_UP = Actor("auto top-up")
OPERATOR = Actor("operator")
WALLET = Actor("wallet")
SIGN_IN_PAGE = "sign-in page"
"""The actor's name for a visitor who isn't signed in."""


def record(org_id: UUID, actor: Actor, action: Action, subject: str, **details: Any) -> None:
    """Add an entry to the trail, in the caller's transaction. `details` are JSON without secrets."""
    _add(uuid7(), org_id, actor, action=action, subject=subject, details=details)


def record_once(
    entry_id: UUID, org_id: UUID, actor: Actor, action: Action, subject: str, **details: Any
) -> None:
    """As `record`, for a job that may run again: an entry that is there stays as it is."""
    if db.session.get(AuditEvent, (org_id, entry_id)) is None:
        _add(entry_id, org_id, actor, action=action, subject=subject, details=details)


def _add(
    entry_id: UUID, org_id: UUID, actor: Actor, *, action: Action, subject: str, details: dict[str, Any]
) -> None:
    db.session.add(
        AuditEvent(
            org_id=org_id,
            id=entry_id,
            actor=actor.name,
            user_id=actor.user_id,
            action=action,
            subject=subject,
            address=actor.address,
            details=details,
        )
    )

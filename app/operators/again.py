"""What is sent or handled once more: emails, messages to the platform, and Stripe's events.

By a command it may be about any organization, by the console only about the one in view.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.billing import audit
from app.billing.mail import outbox
from app.billing.platform import replays
from app.billing.platform.replays import Replayed
from app.extensions import db
from app.models import Mail, MailState, Organization, PlatformMessage, StripeEvent
from app.operators import trail
from app.operators.trail import Doer
from app.stripe_events import review


class NothingToResendError(Exception):
    """Every recipient's mail server took the email, or it still waits for its next try."""


def find_email(mail_id: UUID) -> Mail | None:
    """An email that the session sees."""
    return db.session.scalar(select(Mail).where(Mail.id == mail_id))


def can_resend(mail: Mail) -> bool:
    """Whether a recipient doesn't have it, and won't get it by itself."""
    return mail.state is MailState.FAILED or bool(mail.refused)


def resend_email(mail: Mail, doer: Doer, reason: str) -> None:
    """Send an email again to those who don't have it. In the caller's transaction. Raises `NothingToResendError`."""
    organization = db.session.get_one(Organization, mail.org_id)
    current = db.session.get_one(Mail, (mail.org_id, mail.id), with_for_update=True, populate_existing=True)
    if doer.operator is not None and not can_resend(current):
        raise NothingToResendError
    outbox.retry(current)
    named = current.subject or current.kind
    audit.record(organization.id, doer.actor, "email.resent", named[:255], reason=reason)
    trail.record(doer, "email.resent", f"{current.id} {named}", about=organization, reason=reason)


def find_message(message_id: UUID) -> PlatformMessage | None:
    """A message that the session sees."""
    return db.session.scalar(select(PlatformMessage).where(PlatformMessage.id == message_id))


def replay_message(message: PlatformMessage, doer: Doer, reason: str) -> Replayed:
    """Deliver a message to the platform again. In the caller's transaction. What came of it is recorded only where it
    is sent."""
    organization = db.session.get_one(Organization, message.org_id)
    result = replays.replay(message.id)
    if result.queued:
        audit.record(organization.id, doer.actor, "message.replayed", message.type, reason=reason)
        trail.record(
            doer, "message.replayed", f"{message.id} {message.type}", about=organization, reason=reason
        )
    return result


def replay_event(event_id: str, doer: Doer, reason: str) -> StripeEvent:
    """Handle an event of Stripe's again, by its object's state there now. In the caller's transaction. Raises
    `UnknownEventError`."""
    event = review.replay(event_id)
    trail.record(doer, "event.replayed", f"{event.id} {event.type}", reason=reason)
    return event

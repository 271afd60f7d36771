"""Tasks that tell someone: the platform, the people of an organization, operators."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.billing.alerts import lateness
from app.billing.cards import expiry
from app.billing.credit import envelope_notices, expiring
from app.billing.limit_settings import telling
from app.billing.mail import outbox
from app.billing.platform import deliveries
from app.clock import utc_now
from app.models.scope import Reason, seeing_all
from app.people import password_links
from app.reconciliation import operator_mail
from app.transaction import transaction
from app.work.missing import enqueue_missing
from app.work.tasks import for_organization, in_app, periodic, task


@task("tell_calling_state")
@in_app
@seeing_all(Reason.PLATFORM_MESSAGES)
def send_calling_state(endpoint_id: str, **_: str) -> None:
    """Send a calling state to the platform; `org_id` is for its place in the queue."""
    deliveries.drain(UUID(endpoint_id), is_state=True)


@task("deliver_to_platform")
@in_app
@seeing_all(Reason.PLATFORM_MESSAGES)
def deliver_to_platform(org_id: str, endpoint_id: str | None = None) -> None:
    """Send an endpoint's other messages to the platform; `org_id` is for its place in the queue."""
    if endpoint_id is None:
        # Enqueued by an older version, without an endpoint.
        deliveries.deliver(UUID(org_id))
    else:
        deliveries.drain(UUID(endpoint_id), is_state=False)


@periodic("sweep_platform", cron="* * * * *")
@in_app
@seeing_all(Reason.SWEEP)
def sweep_platform(**_: int) -> None:
    """Deliver messages that a killed process left behind."""
    deliveries.enqueue_due()


@task("tell_of_limit")
@for_organization
def tell_of_limit(org_id: str, limit_id: str, percent: int, spent_micro: int, at: str) -> None:
    """Tell the owners and the platform of a limit that is near or reached."""
    with transaction():
        telling.tell(UUID(org_id), UUID(limit_id), percent, spent_micro, datetime.fromisoformat(at))


@task("tell_of_envelope")
@for_organization
def tell_of_envelope(org_id: str, envelope_id: str) -> None:
    """Tell the owners of an envelope that has ended, or was cut."""
    with transaction():
        envelope_notices.notify(UUID(org_id), UUID(envelope_id), now=utc_now())


@task("send_mail")
@for_organization
def send_mail(org_id: str, mail_id: str) -> None:
    """Send an email of the outbox, which schedules its own next attempt."""
    outbox.deliver(UUID(org_id), UUID(mail_id), is_over=lateness.is_mail_too_late)


@periodic("sweep_mail", cron="* * * * *")
@in_app
@seeing_all(Reason.SWEEP)
def sweep_mail(**_: int) -> None:
    """Send emails that a killed process left in the outbox."""
    enqueue_missing(
        "send_mail",
        ({"org_id": str(org), "mail_id": str(one)} for org, one in outbox.find_stale()),
        key="mail_id",
    )


@task("mail_password_link")
@in_app
@seeing_all(Reason.PEOPLE)
def mail_password_link(email: str, address: str | None) -> None:
    """Email a link for a new password to the account with this address, if there is one."""
    with transaction():
        password_links.mail_if_known(email, address)


@task("mail_operators")
@in_app
@seeing_all(Reason.RECONCILIATION)
def mail_operators() -> None:
    """Email operators about new and resolved findings."""
    operator_mail.send()


@periodic("tell_of_expiring_cards", cron="41 8 * * *")
@in_app
@seeing_all(Reason.SWEEP)
def notify_expiring_cards(**_: int) -> None:
    """Notify people whose card is about to expire."""
    expiry.notify_all()


@periodic("tell_of_expiring_credit", cron="11 * * * *")
@in_app
@seeing_all(Reason.SWEEP)
def notify_expiring_credit(**_: int) -> None:
    """Notify people whose credit is about to expire: every hour, because days begin at different times."""
    expiring.notify_all()

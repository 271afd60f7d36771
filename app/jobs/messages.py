"""Tasks that tell someone: the platform, the people of an organization, operators."""

from __future__ import annotations

from uuid import UUID

from flask import current_app

from app.billing.cards import expiry
from app.billing.mail import outbox
from app.billing.platform import deliveries
from app.extensions import jobs
from app.models.scope import Reason, seeing_all
from app.people import password_links
from app.reconciliation import operator_mail
from app.transaction import transaction
from app.work.missing import enqueue_missing
from app.work.patience import Patience
from app.work.tasks import for_organization, in_app, task


@task("tell_calling_state", retry=Patience())
@in_app
@seeing_all(Reason.PLATFORM_MESSAGES)
def send_calling_state(endpoint_id: str, **_: str) -> None:
    """Tell the platform that calling pauses or resumes; whose calling, is for its place in the queue."""
    deliveries.drain(UUID(endpoint_id), is_state=True)


@task("deliver_to_platform", retry=Patience())
@in_app
@seeing_all(Reason.PLATFORM_MESSAGES)
def deliver_to_platform(org_id: str, endpoint_id: str | None = None) -> None:
    """Tell the platform what else waits at an endpoint; `org_id` is for its place in the queue."""
    if endpoint_id is None:
        # Enqueued by a version that had no endpoint in it.
        deliveries.deliver(UUID(org_id))
    else:
        deliveries.drain(UUID(endpoint_id), is_state=False)


@jobs.periodic(cron="* * * * *")
@task("sweep_platform", queueing_lock="sweep_platform")
@in_app
@seeing_all(Reason.SWEEP)
def sweep_platform(**_: int) -> None:
    """Deliver what a killed process left."""
    deliveries.enqueue_due()


@task("send_mail", retry=Patience())
@for_organization
def send_mail(org_id: str, mail_id: str) -> None:
    """Send an email of the outbox, which plans its own next try."""
    outbox.deliver(UUID(org_id), UUID(mail_id))


@jobs.periodic(cron="* * * * *")
@task("sweep_mail", queueing_lock="sweep_mail")
@in_app
@seeing_all(Reason.SWEEP)
def sweep_mail(**_: int) -> None:
    """Send what a killed process left in the outbox."""
    enqueue_missing(
        "send_mail",
        ({"org_id": str(org), "mail_id": str(one)} for org, one in outbox.find_stale()),
        key="mail_id",
    )


@task("mail_password_link", retry=Patience())
@in_app
@seeing_all(Reason.PEOPLE)
def mail_password_link(email: str, address: str | None) -> None:
    """Mail a link for a new password to an account, if there is one of this address."""
    with transaction():
        password_links.mail_if_known(email, current_app.config["SETTINGS"].secret_key, address)


@task("mail_operators", retry=Patience())
@in_app
@seeing_all(Reason.RECONCILIATION)
def mail_operators() -> None:
    """Mail operators about what comparing with Stripe has found, and what of it is gone."""
    operator_mail.send()


@jobs.periodic(cron="41 8 * * *")
@task("tell_of_expiring_cards", queueing_lock="tell_of_expiring_cards")
@in_app
@seeing_all(Reason.SWEEP)
def notify_expiring_cards(**_: int) -> None:
    """Write to the people whose card is about to expire."""
    expiry.notify_all()

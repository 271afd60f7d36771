"""Background tasks: each a few lines that call the domain.

The worker runs them in a thread with an application context of its own. Tasks are enqueued by name
(`app.extensions.enqueue`), so the domain never imports this file; `app.queues` says in which queue each is.

A worker may be killed at any moment, and what it was at runs again: every task stands being run twice, also by two
workers at the same time. A sweep does no work itself: it enqueues what was left over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from uuid import UUID

import structlog
from flask import Flask, current_app, g

from app import reconciliation
from app.billing import topups
from app.billing.cards import default_sync, expiry, removal
from app.billing.customers import stripe_sync
from app.billing.mail import outbox
from app.billing.platform import deliveries
from app.billing.subscriptions import cancellation, renewals, switches
from app.billing.usage import rejections, retention
from app.billing.wallet import holds, verification
from app.clock import utc_now
from app.database.locks import AlreadyRunningError
from app.extensions import db, jobs
from app.models import Organization
from app.models.scope import Reason, scoped_to, seeing_all
from app.one_by_one import each_alone, one_by_one
from app.people import password_links, sessions
from app.queues import Queue
from app.reconciliation import operator_mail
from app.stripe_events import handling, review
from app.transaction import transaction
from app.web import kept_answers, rate_limits
from app.web.identity import session_limits
from app.work import standing, worker
from app.work.missing import enqueue_missing
from app.work.patience import Patience
from app.work.tasks import for_organization, in_app, task

log = structlog.get_logger("billing.jobs")

AGAIN = Patience()
_LEASES_SECONDS, _NIGHTLY_SECONDS = 50, 3600
"""How long these take at most; the rest is left for the next time."""


def run_worker(app: Flask, *, queues: Sequence[Queue] = worker.EVERYTHING, until_empty: bool = False) -> None:
    """Run the tasks of this file, as `app.work.worker.run` says."""
    worker.run(app, queues=queues, until_empty=until_empty)


@task("settle_top_up", retry=AGAIN)
@for_organization
def settle_top_up(org_id: str, top_up_id: str) -> None:
    """Learn what became of a payment that no one has told us the end of."""
    topups.recover(UUID(org_id), UUID(top_up_id))


@task("handle_stripe_event")
@in_app
@seeing_all(Reason.STRIPE_EVENTS)
def handle_stripe_event(event_id: str, customer: str | None = None) -> None:
    """Do what an event of Stripe's asks for; a failed try plans the next one itself.

    `customer` is whose it is, for its place in the queue.
    """
    handling.handle(event_id, left_by_killed=g.started_before, customer=customer)


@task("detach_card", retry=AGAIN)
@for_organization
def detach_card(org_id: str, card_id: str) -> None:
    """Detach at Stripe a card that is removed here."""
    removal.finish_removal(UUID(org_id), UUID(card_id))


@task("tell_default_card", retry=AGAIN)
@for_organization
def sync_default_card(org_id: str) -> None:
    """Let Stripe charge the plan to the card that is the default here."""
    default_sync.sync_to_stripe(UUID(org_id))


@task("look_after_switch", retry=AGAIN)
@for_organization
def recover_switch(org_id: str, switch_id: str) -> None:
    """Learn what became of a switch of plan that no one has told us the end of."""
    switches.recover(UUID(org_id), UUID(switch_id))


@task("finish_cancellation", retry=AGAIN)
@for_organization
def finish_cancellation(org_id: str, subscription_id: str, invoice_id: str) -> None:
    """Do what is left of the cancellation of a plan whose renewal was not paid."""
    organization = db.session.get_one(Organization, UUID(org_id))
    cancellation.finish(organization, subscription_id, invoice_id)


@task("tell_billing_details", retry=AGAIN)
@for_organization
def sync_billing_details(org_id: str) -> None:
    """Let Stripe write on invoices who is billed."""
    stripe_sync.sync_to_stripe(UUID(org_id))


@jobs.periodic(cron="* * * * *")
@task("sweep", queueing_lock="sweep")
@in_app
@seeing_all(Reason.SWEEP)
def sweep(**_: int) -> None:
    """Take up what a killed process left open: payments, switches, and events that were stored but not handled."""
    enqueue_missing(
        "settle_top_up",
        ({"org_id": str(org), "top_up_id": str(one)} for org, one in topups.find_stale()),
        key="top_up_id",
    )
    enqueue_missing(
        "look_after_switch",
        ({"org_id": str(org), "switch_id": str(one)} for org, one in switches.find_stale()),
        key="switch_id",
    )
    enqueue_missing(
        "handle_stripe_event", ({"event_id": one} for one in handling.find_stale()), key="event_id"
    )


@jobs.periodic(cron="23 * * * *")
@task("reconcile", queueing_lock="reconcile")
@in_app
@seeing_all(Reason.RECONCILIATION)
def reconcile(**_: int) -> None:
    """Compare with Stripe, and fix what no event has told of; one that is running already does it."""
    with suppress(AlreadyRunningError):
        reconciliation.run()


@jobs.periodic(cron="* * * * * */5")
@task("end_leases", queueing_lock="end_leases")
@in_app
@seeing_all(Reason.SWEEP)
def end_leases(**_: int) -> None:
    """Every five seconds, write down which leases are over, and tell what follows from that. Anyone who asks
    finds out without it; this is for the platform, which waits for `calling.resumed`."""
    now = utc_now()

    def end(org_id: UUID) -> None:
        with scoped_to(org_id):
            holds.expire(org_id, at=now)

    one_by_one("end_leases", holds.find_expired(now), end, seconds=_LEASES_SECONDS)


@task("tell_calling_state", retry=AGAIN)
@in_app
@seeing_all(Reason.PLATFORM_MESSAGES)
def send_calling_state(endpoint_id: str, **_: str) -> None:
    """Tell the platform that calling pauses or resumes; whose calling, is for its place in the queue."""
    deliveries.drain(UUID(endpoint_id), is_state=True)


@task("deliver_to_platform", retry=AGAIN)
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


@jobs.periodic(cron="* * * * *")
@task("suspend_overdue", queueing_lock="suspend_overdue")
@in_app
@seeing_all(Reason.SWEEP)
def suspend_overdue(**_: int) -> None:
    """Tell everyone that the free plan is in force where a renewal was not paid by its deadline."""
    renewals.suspend_overdue()


@jobs.periodic(cron="17 3 * * *")
@task("nightly", queueing_lock="nightly")
@in_app
@seeing_all(Reason.NIGHTLY)
def nightly(**_: int) -> None:
    """Check the whole ledger, and throw away what is old: sessions that can't be used, events that are done with,
    answers that no one asks for again, counters of minutes long past. Where one of it fails, the rest is done."""
    steps: list[Callable[[], object]] = [
        _check_ledger,
        lambda: sessions.forget_expired(session_limits()),
        kept_answers.forget_expired,
        _maintain_partitions,
        _remove_old_rejections,
        review.forget_old,
        reconciliation.forget_old,
        rate_limits.forget_expired,
        switches.delete_unconfirmed,
        standing.forget_old,
    ]
    if each_alone("nightly", steps, lambda step: step(), seconds=_NIGHTLY_SECONDS):
        raise RuntimeError("A part of the nightly work failed: see the log.")


def _check_ledger() -> None:
    findings = verification.check()
    for finding in findings:
        log.error("ledger_differs", organization=finding.organization, finding=finding.text)
    log.info("ledger_checked", differences=len(findings))


def _maintain_partitions() -> None:
    retention.maintain_partitions(utc_now(), months_kept=current_app.config["SETTINGS"].usage_months_kept)


def _remove_old_rejections() -> None:
    rejections.remove_old(utc_now(), days_kept=current_app.config["SETTINGS"].rejected_days_kept)


@task("send_mail", retry=AGAIN)
@for_organization
def send_mail(org_id: str, mail_id: str) -> None:
    """Send an email of the outbox, which plans its own next try."""
    outbox.deliver(UUID(org_id), UUID(mail_id))


@task("mail_password_link", retry=AGAIN)
@in_app
@seeing_all(Reason.PEOPLE)
def mail_password_link(email: str, address: str | None) -> None:
    """Mail a link for a new password to an account, if there is one of this address."""
    with transaction():
        password_links.mail_if_known(email, current_app.config["SETTINGS"].secret_key, address)


@task("mail_operators", retry=AGAIN)
@in_app
@seeing_all(Reason.RECONCILIATION)
def mail_operators() -> None:
    """Mail operators about what comparing with Stripe has found, and what of it is gone."""
    operator_mail.send()


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


@jobs.periodic(cron="41 8 * * *")
@task("tell_of_expiring_cards", queueing_lock="tell_of_expiring_cards")
@in_app
@seeing_all(Reason.SWEEP)
def notify_expiring_cards(**_: int) -> None:
    """Write to the people whose card is about to expire."""
    expiry.notify_all()

"""Background tasks: each a few lines that call the domain.

The worker runs them in a thread with an application context of its own; `run_worker` is `flask worker`. Tasks are
enqueued by name (`app.extensions.enqueue`), so the domain never imports this file.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

import structlog
from flask import Flask, current_app
from procrastinate import PsycopgConnector, RetryStrategy
from procrastinate.periodic import PeriodicRegistry

from app.billing import (
    billing_details,
    card_changes,
    card_expiry,
    default_card,
    holds,
    ledger_check,
    outbox,
    plan_cancellation,
    plan_renewals,
    plan_switch_recovery,
    platform_deliveries,
    recovery,
    usage_rejections,
    usage_retention,
)
from app.extensions import db, jobs
from app.models import MailState, Organization
from app.models.columns import utc_now
from app.people import password_links, sessions
from app.web import kept_answers, rate_limits
from app.web.identity import session_limits
from app.webhooks import attention, handling, reconciliation
from app.webhooks.reconciliation import AlreadyRunningError

log = structlog.get_logger("billing.jobs")

P = ParamSpec("P")
R = TypeVar("R")

AGAIN = RetryStrategy(max_attempts=8, exponential_wait=3)
"""Waits 3, 9, 27 … seconds between tries."""


def run_worker(app: Flask, *, until_empty: bool = False) -> None:
    """Work through the queue until the process is told to stop, or until nothing is due.

    With `until_empty` nothing is done because of the time of day: what is due by the clock would come at some minutes
    and not at others.
    """
    url = app.config["SETTINGS"].database_url.replace("postgresql+psycopg://", "postgresql://")
    with jobs.replace_connector(PsycopgConnector(conninfo=url)) as worker, ExitStack() as clock:
        if until_empty:
            clock.callback(setattr, worker, "periodic_registry", worker.periodic_registry)
            worker.periodic_registry = PeriodicRegistry()  # type: ignore[no-untyped-call]
        worker.run_worker(
            concurrency=4,
            wait=not until_empty,
            additional_context={"app": app},
            fetch_job_polling_interval=2.0,
            shutdown_graceful_timeout=25,
            delete_jobs="successful",
            install_signal_handlers=not until_empty,
        )


def in_app(task: Callable[P, R]) -> Callable[..., R]:
    """Run a task in an application context of its own, with a session of its own."""

    @wraps(task)
    def run(context: Any, *args: P.args, **kwargs: P.kwargs) -> R:
        app: Flask = context.additional_context["app"]
        with app.app_context():
            return task(*args, **kwargs)

    return run


@jobs.task(name="settle_top_up", retry=AGAIN, pass_context=True)
@in_app
def settle_top_up(org_id: str, top_up_id: str) -> None:
    """Learn what became of a payment that nobody has told us the end of."""
    recovery.look_after(UUID(org_id), UUID(top_up_id))


@jobs.task(name="handle_stripe_event", pass_context=True)
@in_app
def handle_stripe_event(event_id: str) -> None:
    """Do what an event of Stripe's asks for; a failed try plans the next one itself."""
    handling.handle(event_id)


@jobs.task(name="detach_card", retry=AGAIN, pass_context=True)
@in_app
def detach_card(org_id: str, card_id: str) -> None:
    """Detach at Stripe a card that is removed here."""
    card_changes.finish_removal(UUID(org_id), UUID(card_id))


@jobs.task(name="tell_default_card", retry=AGAIN, pass_context=True)
@in_app
def tell_default_card(org_id: str) -> None:
    """Let Stripe charge the plan to the card that is the default here."""
    default_card.tell_stripe(UUID(org_id))


@jobs.task(name="look_after_switch", retry=AGAIN, pass_context=True)
@in_app
def look_after_switch(org_id: str, switch_id: str) -> None:
    """Learn what became of a switch of plan that nobody has told us the end of."""
    plan_switch_recovery.look_after(UUID(org_id), UUID(switch_id))


@jobs.task(name="finish_cancellation", retry=AGAIN, pass_context=True)
@in_app
def finish_cancellation(org_id: str, subscription_id: str, invoice_id: str) -> None:
    """Do what is left of the cancellation of a plan whose renewal was not paid."""
    organization = db.session.get_one(Organization, UUID(org_id))
    plan_cancellation.finish(organization, subscription_id, invoice_id)


@jobs.task(name="tell_billing_details", retry=AGAIN, pass_context=True)
@in_app
def tell_billing_details(org_id: str) -> None:
    """Let Stripe write on invoices who is billed."""
    billing_details.tell_stripe(UUID(org_id))


@jobs.periodic(cron="* * * * *")
@jobs.task(name="sweep", queueing_lock="sweep", pass_context=True)
@in_app
def sweep(**_: int) -> None:
    """Take up what a killed process left open: payments, and events that were stored but not handled."""
    for org_id, top_up_id in recovery.open_payments():
        recovery.look_after(org_id, top_up_id)
    for org_id, switch_id in plan_switch_recovery.left_over():
        plan_switch_recovery.look_after(org_id, switch_id)
    handling.take_up_left_over()


@jobs.periodic(cron="23 * * * *")
@jobs.task(name="reconcile", queueing_lock="reconcile", pass_context=True)
@in_app
def reconcile(**_: int) -> None:
    """Compare with Stripe, and mend what no event has told of; one that is running already does it."""
    with suppress(AlreadyRunningError):
        reconciliation.run()


@jobs.task(name="deliver_to_platform", retry=AGAIN, pass_context=True)
@in_app
def deliver_to_platform(org_id: str) -> None:
    """Tell the platform what waits for an organization."""
    platform_deliveries.deliver(UUID(org_id))


@jobs.periodic(cron="* * * * * */5")
@jobs.task(name="end_leases", queueing_lock="end_leases", pass_context=True)
@in_app
def end_leases(**_: int) -> None:
    """Every five seconds, write down which leases are over, and tell what follows from that. Whoever asks finds out
    without it; this is for the platform, which waits for `calling.resumed`."""
    now = utc_now()
    for org_id in holds.due(now):
        holds.expire(org_id, at=now)
        db.session.commit()


@jobs.periodic(cron="* * * * *")
@jobs.task(name="sweep_platform", queueing_lock="sweep_platform", pass_context=True)
@in_app
def sweep_platform(**_: int) -> None:
    """Deliver what a killed process left."""
    for org_id in platform_deliveries.left_over():
        platform_deliveries.deliver(org_id)


@jobs.periodic(cron="* * * * *")
@jobs.task(name="suspend_overdue", queueing_lock="suspend_overdue", pass_context=True)
@in_app
def suspend_overdue(**_: int) -> None:
    """Tell everyone that the free plan is in force where a renewal was not paid by its deadline."""
    plan_renewals.suspend_overdue()


@jobs.periodic(cron="17 3 * * *")
@jobs.task(name="nightly", queueing_lock="nightly", pass_context=True)
@in_app
def nightly(**_: int) -> None:
    """Check the whole ledger, and throw away what is old: sessions that can't be used, events that are done with,
    answers that nobody asks for again, counters of minutes long past."""
    findings = ledger_check.check()
    for finding in findings:
        log.error("ledger_differs", organization=finding.organization, finding=finding.text)
    log.info("ledger_checked", differences=len(findings))
    sessions.forget_expired(session_limits())
    kept_answers.forget_expired()
    usage_retention.keep_up(utc_now(), months_kept=current_app.config["SETTINGS"].usage_months_kept)
    usage_rejections.remove_old(utc_now(), days_kept=current_app.config["SETTINGS"].rejected_days_kept)
    db.session.commit()
    attention.forget_old()
    reconciliation.forget_old()
    rate_limits.forget_expired()
    plan_switch_recovery.forget_old()


@jobs.task(name="send_mail", pass_context=True)
@in_app
def send_mail(org_id: str, mail_id: str) -> None:
    """Send a mail of the outbox, which plans its own next try."""
    outbox.deliver(UUID(org_id), UUID(mail_id))


@jobs.task(name="mail_password_link", retry=AGAIN, pass_context=True)
@in_app
def mail_password_link(email: str, address: str | None) -> None:
    """Mail a link for a new password to an account, if there is one of this address."""
    password_links.mail_if_known(email, current_app.config["SETTINGS"].secret_key, address)
    db.session.commit()


@jobs.periodic(cron="* * * * *")
@jobs.task(name="sweep_mail", queueing_lock="sweep_mail", pass_context=True)
@in_app
def sweep_mail(**_: int) -> None:
    """Send what a killed process left in the outbox; where one must wait, the others wait too."""
    for org_id, mail_id in outbox.left_over():
        if outbox.deliver(org_id, mail_id) is MailState.WAITING:
            break


@jobs.periodic(cron="41 8 * * *")
@jobs.task(name="tell_of_expiring_cards", queueing_lock="tell_of_expiring_cards", pass_context=True)
@in_app
def tell_of_expiring_cards(**_: int) -> None:
    """Write to the people whose card is about to expire."""
    card_expiry.tell()

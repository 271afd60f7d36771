"""Background tasks: each a few lines that call the domain.

The worker runs them in a thread with an application context of its own. Tasks are enqueued by name
(`app.extensions.enqueue`), so the domain never imports this package; `app.queues` says in which queue each is.

A worker may be killed at any moment, and its jobs run again: every task is idempotent, even when two workers run it
at the same time. A sweep does no work itself: it only enqueues.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask

from app.jobs.alerts import (
    judge_alerts,
    send_alerts,
    send_text_messages,
    sweep_alerts,
    write_digests,
)
from app.jobs.figures import count_hours, recount_rollups, roll_up
from app.jobs.maintenance import delete_expired_answers, delete_old_rows, nightly, note_failed_sign_in
from app.jobs.messages import (
    deliver_to_platform,
    mail_operators,
    mail_password_link,
    notify_expiring_cards,
    notify_expiring_credit,
    send_calling_state,
    send_mail,
    sweep_mail,
    sweep_platform,
    tell_of_envelope,
    tell_of_limit,
)
from app.jobs.money import (
    end_leases,
    finish_cancellation,
    handle_stripe_event,
    name_overdue_calls,
    recover_switch,
    settle_top_up,
    suspend_overdue,
    sweep,
    top_up_automatically,
)
from app.jobs.stripe_sync import detach_card, reconcile, sync_billing_details, sync_default_card
from app.queues import Queue
from app.work import worker

__all__ = [
    "count_hours",
    "delete_expired_answers",
    "delete_old_rows",
    "deliver_to_platform",
    "detach_card",
    "end_leases",
    "finish_cancellation",
    "handle_stripe_event",
    "judge_alerts",
    "mail_operators",
    "mail_password_link",
    "name_overdue_calls",
    "nightly",
    "note_failed_sign_in",
    "notify_expiring_cards",
    "notify_expiring_credit",
    "reconcile",
    "recount_rollups",
    "recover_switch",
    "roll_up",
    "run_worker",
    "send_alerts",
    "send_calling_state",
    "send_mail",
    "send_text_messages",
    "settle_top_up",
    "suspend_overdue",
    "sweep",
    "sweep_alerts",
    "sweep_mail",
    "sweep_platform",
    "sync_billing_details",
    "sync_default_card",
    "tell_of_envelope",
    "tell_of_limit",
    "top_up_automatically",
    "write_digests",
]


def run_worker(app: Flask, *, queues: Sequence[Queue] = worker.EVERYTHING, until_empty: bool = False) -> None:
    """Run the tasks of this package, as `app.work.worker.run` says."""
    worker.run(app, queues=queues, until_empty=until_empty)

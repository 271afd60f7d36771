"""The queues of background jobs: which task goes where, and how many jobs of a queue run at the same time.

Each queue has its own slots in the worker, so that a slow one never delays another.
"""

from __future__ import annotations

from enum import StrEnum


class Queue(StrEnum):
    """A kind of work that must not wait for others."""

    PAYMENTS = "payments"  # outcomes of top-ups and switches
    STRIPE_EVENTS = "stripe_events"
    LEASES = "leases"  # holds and envelopes that are over
    CUSTOMERS = "customers"  # default cards, billing details, removed cards: synced to Stripe
    SWEEPS = "sweeps"  # find stale work and enqueue it
    RENEWALS = "renewals"  # deadlines of renewals that were not paid
    COMPARISON = "comparison"  # comparing with Stripe
    CALLING = "calling"  # messages to the platform that calling pauses or resumes
    MESSAGES = "messages"  # all other messages to the platform
    ALERTS = "alerts"  # which levels credit has reached
    CHAT = "chat"  # alerts to Slack, Teams and webhooks of organizations
    SMS = "sms"  # alerts to phones, through one gateway
    MAIL = "mail"
    FIGURES = "figures"  # what is counted for pages and forecasts
    MAINTENANCE = "maintenance"


SLOTS: dict[Queue, int] = {
    Queue.PAYMENTS: 3,
    Queue.STRIPE_EVENTS: 3,
    Queue.LEASES: 1,
    Queue.CUSTOMERS: 2,
    Queue.SWEEPS: 1,
    Queue.RENEWALS: 1,
    Queue.COMPARISON: 1,
    Queue.CALLING: 3,
    Queue.MESSAGES: 4,
    Queue.ALERTS: 2,
    Queue.CHAT: 4,
    Queue.SMS: 2,
    Queue.MAIL: 2,
    Queue.FIGURES: 2,
    Queue.MAINTENANCE: 1,
}
"""How many jobs of a queue a worker process runs at the same time."""

GROUPS: dict[str, tuple[Queue, ...]] = {
    "money": (
        Queue.PAYMENTS,
        Queue.STRIPE_EVENTS,
        Queue.LEASES,
        Queue.CUSTOMERS,
        Queue.SWEEPS,
        Queue.RENEWALS,
        Queue.COMPARISON,
    ),
    "messages": (Queue.CALLING, Queue.MESSAGES, Queue.ALERTS, Queue.CHAT, Queue.SMS),
    "mail": (Queue.MAIL,),
    "maintenance": (Queue.FIGURES, Queue.MAINTENANCE),
}
"""What `flask worker --queues` takes besides the names of single queues."""

QUEUE_OF: dict[str, Queue] = {
    "settle_top_up": Queue.PAYMENTS,
    "top_up_automatically": Queue.PAYMENTS,
    "look_after_switch": Queue.PAYMENTS,
    "finish_cancellation": Queue.PAYMENTS,
    "handle_stripe_event": Queue.STRIPE_EVENTS,
    "end_leases": Queue.LEASES,
    "name_overdue_calls": Queue.SWEEPS,
    "end_envelopes": Queue.LEASES,
    "read_customer": Queue.CUSTOMERS,
    "detach_card": Queue.CUSTOMERS,
    "tell_default_card": Queue.CUSTOMERS,
    "tell_billing_details": Queue.CUSTOMERS,
    "sweep": Queue.SWEEPS,
    "sweep_platform": Queue.SWEEPS,
    "sweep_mail": Queue.SWEEPS,
    "reconcile": Queue.COMPARISON,
    "suspend_overdue": Queue.RENEWALS,
    "tell_calling_state": Queue.CALLING,
    "deliver_to_platform": Queue.MESSAGES,
    "tell_of_limit": Queue.MESSAGES,
    "tell_of_envelope": Queue.MAIL,
    "judge_alerts": Queue.ALERTS,
    "write_digests": Queue.ALERTS,
    "send_alerts": Queue.CHAT,
    "send_text_messages": Queue.SMS,
    "sweep_alerts": Queue.SWEEPS,
    "send_mail": Queue.MAIL,
    "mail_password_link": Queue.MAIL,
    "note_failed_sign_in": Queue.MAINTENANCE,
    "mail_operators": Queue.MAIL,
    "count_hours": Queue.FIGURES,
    "roll_up": Queue.FIGURES,
    "recount_rollups": Queue.FIGURES,
    "nightly": Queue.MAINTENANCE,
    "delete_expired_answers": Queue.MAINTENANCE,
    "delete_old_rows": Queue.MAINTENANCE,
    "tell_of_expiring_cards": Queue.MAINTENANCE,
    "tell_of_expiring_credit": Queue.MAINTENANCE,
}
"""Each task's queue, by the task's name. A task that isn't here can be neither defined nor enqueued."""


def parse(words: str) -> tuple[Queue, ...]:
    """Parse names of queues or groups, separated by commas or spaces. Raises `ValueError`."""
    found: dict[Queue, None] = {}
    for word in words.replace(",", " ").split():
        try:
            several = GROUPS.get(word) or (Queue(word),)
        except ValueError:
            known = ", ".join([*GROUPS, *Queue])
            raise ValueError(f"There is no queue {word!r}. Choose from: {known}.") from None
        found |= dict.fromkeys(several)
    if not found:
        raise ValueError("Name at least one queue, or leave --queues out for all of them.")
    return tuple(found)

"""Settles the requested switch from Stripe's subscription: made, waiting for its payment, or over.

The same steps for the page, the webhook and the job, within `app.billing.subscriptions.projection`.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.billing.subscriptions import switch_queries
from app.billing.subscriptions.switch_queries import OPEN
from app.clock import utc_now
from app.models import PlanSwitch, SwitchStatus
from app.payments.subscription_facts import StripeSubscription


def apply(org_id: UUID, found: StripeSubscription) -> bool:
    """End the open switch if the subscription shows that it was made or won't be; returns whether it did.

    The caller holds the wallet's lock. A switch whose request may still be in flight is left alone. Once its invoice
    is known, Stripe has received it, and an update that is no longer pending has expired, even while it is being
    paid.
    """
    switch = switch_queries.find_open(org_id)
    if switch is None:
        return False
    id_, now = str(switch.id), utc_now()
    if is_made(switch, found):
        switch.invoice_id = switch.invoice_id or (found.latest_invoice_id if switch.is_at_once else None)
        if not is_left_of_replaced(switch, found):
            end(switch, SwitchStatus.DONE, at=now)
    elif found.waiting is not None and found.waiting.switch == id_:
        switch.invoice_id = found.latest_invoice_id
    elif switch.status is not SwitchStatus.SWITCHING or switch.invoice_id is not None:
        end(switch, SwitchStatus.CANCELED, at=now, note="expired")
    return switch.status not in OPEN


def is_settled(org_id: UUID, found: StripeSubscription) -> bool:
    """Whether there is no open switch that the subscription shows as made."""
    switch = switch_queries.find_open(org_id)
    return switch is None or not is_made(switch, found)


def is_made(switch: PlanSwitch, found: StripeSubscription) -> bool:
    """Whether a subscription is as a switch wants it, or will be at the end of the period."""
    made = [found.chosen, found.planned.chosen if found.planned else None]
    return str(switch.id) in {one.switch for one in made if one is not None}


def is_left_of_replaced(switch: PlanSwitch, found: StripeSubscription) -> bool:
    """Whether something that a switch replaces is still scheduled. A scheduled switch removes it beforehand."""
    return switch.is_at_once and (
        (found.schedule_id is not None and found.schedule_id == switch.replaces_schedule_id)
        or (found.ends_at is not None and found.ends_at == switch.replaces_ends_at)
    )


def end(switch: PlanSwitch, status: SwitchStatus, *, at: datetime, note: str | None = None) -> None:
    """End a switch."""
    switch.status, switch.ended_at, switch.note = status, at, note
    if status is SwitchStatus.DONE:
        switch.decline_code = None

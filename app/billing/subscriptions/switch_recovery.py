"""Recovers switches with an unknown outcome, after a killed process, a lost response, or a closed browser."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete

from app.billing import audit
from app.billing.purchases import RESEND_WITHIN
from app.billing.subscriptions import (
    replacing,
    switch_payments,
    switch_queries,
    switch_requests,
    switch_settlement,
    sync,
)
from app.billing.subscriptions.switch_queries import OPEN
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, PaymentMethod, PlanSwitch, SwitchStatus
from app.payments import subscriptions
from app.payments.errors import PaymentsError, RefusedError
from app.payments.subscription_facts import StripeSubscription
from app.transaction import transaction

log = structlog.get_logger("billing.plans")

KEPT_FOR = timedelta(days=7)
"""How long an unconfirmed switch is kept."""


def recover(org_id: UUID, switch_id: UUID) -> bool:
    """Find out the outcome of a switch; True if nothing is left to do. Commits.

    If Stripe is unavailable, the sweep retries.
    """
    organization = db.session.get_one(Organization, org_id)
    switch = switch_queries.find(org_id, switch_id)
    row = switch_queries.get_subscription(organization)
    if switch.status not in OPEN or row is None or row.stripe_id is None:
        return True
    try:
        found = subscriptions.fetch(row.stripe_id)
        if _never_arrived(switch, found):
            if switch.claimed_at is None or utc_now() - switch.claimed_at > RESEND_WITHIN:
                return _end_unmade(switch, found.id)
            card = (
                db.session.get(PaymentMethod, (org_id, switch.payment_method_id))
                if switch.due_micro
                else None
            )
            found = switch_requests.ask_stripe(organization, switch, found, card)
        sync.sync_plan(organization, found)
    except RefusedError as error:
        log.warning("switch_refused", switch=str(switch_id), reason=str(error))
        return _refused(switch, row.stripe_id)
    except PaymentsError as error:
        log.warning("switch_not_known_yet", switch=str(switch_id), reason=str(error))
        return False
    switch = switch_payments.refresh_payment(organization, switch_queries.find(org_id, switch_id))
    return switch.status is not SwitchStatus.SWITCHING


def find_stale() -> list[tuple[UUID, UUID]]:
    """Organization and id of every switch that has been open for longer than its own job needs."""
    return switch_queries.find_stale(OPEN)


def delete_unconfirmed() -> None:
    """Delete old unconfirmed switches. Commits."""
    old = PlanSwitch.created_at < utc_now() - KEPT_FOR
    with transaction():
        db.session.execute(delete(PlanSwitch).where(PlanSwitch.status == SwitchStatus.REVIEW, old))


def _never_arrived(switch: PlanSwitch, found: StripeSubscription) -> bool:
    """Whether a requested switch never arrived at Stripe."""
    if switch.status is not SwitchStatus.SWITCHING or switch.invoice_id is not None:
        return False
    known = [found.chosen, found.waiting, found.planned.chosen if found.planned else None]
    return str(switch.id) not in {one.switch for one in known if one is not None}


def _refused(switch: PlanSwitch, subscription_id: str) -> bool:
    try:
        return _end_unmade(switch, subscription_id)
    except PaymentsError as error:
        log.warning("switch_not_known_yet", switch=str(switch.id), reason=str(error))
        return False


def _end_unmade(unmade: PlanSwitch, subscription_id: str) -> bool:
    """End a switch that changed nothing at Stripe, and never will. Raises what `app.payments` raises."""
    replacing.restore(unmade, subscription_id)
    with switch_queries.locked(unmade.org_id, unmade.id) as (_, switch):
        if switch.status is SwitchStatus.SWITCHING:
            switch_settlement.end(switch, SwitchStatus.CANCELED, at=utc_now(), note="not_done")
            audit.record(switch.org_id, audit.STRIPE, "plan_switch.not_made", str(switch.id))
    return True

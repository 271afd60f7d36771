"""Looking after switches whose end nobody has told us: a killed process, a lost answer, a closed browser."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete, select

from app.billing import audit
from app.billing.subscriptions import projection, replacing, switch_payments, switch_queries, switch_requests
from app.billing.subscriptions.switch_queries import ON_ITS_WAY
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, PaymentMethod, PlanSwitch, SwitchStatus
from app.payments import subscriptions
from app.payments.errors import PaymentsError, RefusedError
from app.payments.subscription_facts import StripeSubscription

log = structlog.get_logger("billing.plans")

RESEND_WITHIN = timedelta(minutes=10)
"""How long after a person confirmed a switch it is still made when the request never reached Stripe."""

LEFT_ALONE_FOR = timedelta(minutes=2)
"""How old an open switch must be before the sweep takes it up: until then its own job or page is at it."""

KEPT_FOR = timedelta(days=7)
"""How long a switch that was looked at and never confirmed is kept."""


def recover(org_id: UUID, switch_id: UUID) -> bool:
    """Find out what became of a switch; True where nothing more is to be done. Commits.

    Stripe being away is no error: the sweep asks again.
    """
    organization = db.session.get_one(Organization, org_id)
    switch = switch_queries.find(org_id, switch_id)
    row = switch_queries.subscription_of(organization)
    if switch.status not in ON_ITS_WAY or row is None or row.stripe_id is None:
        return True
    try:
        found = subscriptions.fetch(row.stripe_id)
        if _never_arrived(switch, found):
            if switch.claimed_at is None or utc_now() - switch.claimed_at > RESEND_WITHIN:
                return _give_up(organization, switch_id, found.id)
            card = (
                db.session.get(PaymentMethod, (org_id, switch.payment_method_id))
                if switch.due_micro
                else None
            )
            found = switch_requests.ask_stripe(organization, switch, found, card)
        projection.apply(organization, replacing.settle(organization, found))
        db.session.commit()
    except RefusedError as error:
        log.warning("switch_refused", switch=str(switch_id), reason=str(error))
        db.session.rollback()
        return _refused(organization, switch_id, row.stripe_id)
    except PaymentsError as error:
        log.warning("switch_not_known_yet", switch=str(switch_id), reason=str(error))
        db.session.rollback()
        return False
    switch = switch_payments.learn(organization, switch_id)
    return switch.status is not SwitchStatus.SWITCHING


def find_stale() -> list[tuple[UUID, UUID]]:
    """Organization and id of every switch that has been on its way for longer than its own job needs."""
    query = (
        select(PlanSwitch.org_id, PlanSwitch.id)
        .where(PlanSwitch.status.in_(ON_ITS_WAY), PlanSwitch.claimed_at < utc_now() - LEFT_ALONE_FOR)
        .order_by(PlanSwitch.claimed_at)
    )
    return [(org_id, switch_id) for org_id, switch_id in db.session.execute(query)]


def forget_old() -> None:
    """Delete what was looked at and never confirmed."""
    db.session.execute(
        delete(PlanSwitch).where(
            PlanSwitch.status == SwitchStatus.REVIEW, PlanSwitch.created_at < utc_now() - KEPT_FOR
        )
    )
    db.session.commit()


def _never_arrived(switch: PlanSwitch, found: StripeSubscription) -> bool:
    """Whether Stripe shows nothing of a switch that was asked for."""
    if switch.status is not SwitchStatus.SWITCHING or switch.invoice_id is not None:
        return False
    known = [found.chosen, found.waiting, found.planned.chosen if found.planned else None]
    return str(switch.id) not in {one.switch for one in known if one is not None}


def _refused(organization: Organization, switch_id: UUID, subscription_id: str) -> bool:
    try:
        return _give_up(organization, switch_id, subscription_id)
    except PaymentsError as error:
        log.warning("switch_not_known_yet", switch=str(switch_id), reason=str(error))
        db.session.rollback()
        return False


def _give_up(organization: Organization, switch_id: UUID, subscription_id: str) -> bool:
    """Nothing was changed at Stripe that stays, and nothing will be. Raises what `app.payments` raises."""
    replacing.put_back(switch_queries.find(organization.id, switch_id), subscription_id)
    switch = switch_queries.lock(organization.id, switch_id)
    if switch.status is SwitchStatus.SWITCHING:
        switch_queries.end(switch, SwitchStatus.CANCELED, at=utc_now(), note="not_done")
        audit.record(organization.id, audit.STRIPE, "plan_switch.not_made", str(switch_id))
    db.session.commit()
    return True

"""Finding an organization's switch of plan, to look at it or to change it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.clock import utc_now
from app.extensions import db
from app.models import Organization, PlanSwitch, Subscription, SwitchStatus
from app.payments.subscription_facts import StripeSubscription

FIRST_LOOK = timedelta(seconds=15)
"""When the job first looks after a switch: later than a page's own answer."""

ON_ITS_WAY = (SwitchStatus.SWITCHING, SwitchStatus.ACTION, SwitchStatus.DECLINED)


class UnknownSwitchError(LookupError):
    """The organization has no such switch."""


def find(org_id: UUID, switch_id: UUID) -> PlanSwitch:
    """The organization's switch of this id. Raises `UnknownSwitchError`."""
    found = db.session.get(PlanSwitch, (org_id, switch_id), populate_existing=True)
    if found is None:
        raise UnknownSwitchError(str(switch_id))
    return found


def named(org_id: UUID, text: str | None) -> PlanSwitch | None:
    """The organization's switch whose id somebody sent; None where that is no id, or none of its own."""
    try:
        return find(org_id, UUID(text or ""))
    except (ValueError, UnknownSwitchError):
        return None


def lock(org_id: UUID, switch_id: UUID) -> PlanSwitch:
    """The same, locked until the transaction ends; the wallet is locked before it. Raises `UnknownSwitchError`."""
    query = select(PlanSwitch).where(PlanSwitch.org_id == org_id, PlanSwitch.id == switch_id)
    found = db.session.execute(
        query.with_for_update(), execution_options={"populate_existing": True}
    ).scalar_one_or_none()
    if found is None:
        raise UnknownSwitchError(str(switch_id))
    return found


def on_its_way(org_id: UUID) -> PlanSwitch | None:
    """The switch that Stripe was asked for and that has not ended yet: there is one at most."""
    query = select(PlanSwitch).where(PlanSwitch.org_id == org_id, PlanSwitch.status.in_(ON_ITS_WAY))
    return db.session.execute(query, execution_options={"populate_existing": True}).scalar_one_or_none()


def subscription_of(organization: Organization) -> Subscription | None:
    """The organization's subscription as the database has it now."""
    return db.session.get(Subscription, (organization.id,), populate_existing=True)


def follow(org_id: UUID, found: StripeSubscription) -> bool:
    """End the switch that is on its way, where the subscription shows that it was made or will not be any more;
    whether it did.

    The caller holds the wallet's lock. One whose request may still be at Stripe's door is left alone; once its
    invoice is known, Stripe has had it, and an update that waits no more has expired, also while it is being paid.
    """
    switch = on_its_way(org_id)
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
    return switch.status not in ON_ITS_WAY


def follows(org_id: UUID, found: StripeSubscription) -> bool:
    """Whether no switch is on its way that a subscription shows to be made."""
    switch = on_its_way(org_id)
    return switch is None or not is_made(switch, found)


def is_made(switch: PlanSwitch, found: StripeSubscription) -> bool:
    """Whether a subscription is as a switch wants it, or will be when the period is over."""
    made = [found.chosen, found.planned.chosen if found.planned else None]
    return str(switch.id) in {one.switch for one in made if one is not None}


def is_left_of_replaced(switch: PlanSwitch, found: StripeSubscription) -> bool:
    """Whether something is planned still that a switch replaces. One for later makes way for itself before."""
    return switch.is_at_once and (
        (found.schedule_id is not None and found.schedule_id == switch.replaces_schedule_id)
        or (found.ends_at is not None and found.ends_at == switch.replaces_ends_at)
    )


def end(switch: PlanSwitch, status: SwitchStatus, *, at: datetime, note: str | None = None) -> None:
    """Let a switch be over."""
    switch.status, switch.ended_at, switch.note = status, at, note
    if status is SwitchStatus.DONE:
        switch.decline_code = None

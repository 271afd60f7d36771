"""Finding an organization's switch of plan, to look at it or to change it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.billing.purchases import Rows
from app.extensions import db
from app.models import Organization, PlanSwitch, Subscription, SwitchStatus

OPEN = (SwitchStatus.SWITCHING, SwitchStatus.ACTION, SwitchStatus.DECLINED)
"""Stripe was asked for it, and it has not ended yet."""


class UnknownSwitchError(LookupError):
    """The organization has no such switch."""


_rows = Rows(PlanSwitch, UnknownSwitchError)

find = _rows.find
lock = _rows.lock
locked = _rows.locked
find_stale = _rows.find_stale


def find_by_text(org_id: UUID, text: str | None) -> PlanSwitch | None:
    """The organization's switch whose id someone sent; None where that is no id, or none of its own."""
    try:
        return find(org_id, UUID(text or ""))
    except (ValueError, UnknownSwitchError):
        return None


def find_open(org_id: UUID) -> PlanSwitch | None:
    """The switch that Stripe was asked for and that has not ended yet: there is one at most."""
    query = select(PlanSwitch).where(PlanSwitch.org_id == org_id, PlanSwitch.status.in_(OPEN))
    return db.session.execute(query, execution_options={"populate_existing": True}).scalar_one_or_none()


def get_subscription(organization: Organization) -> Subscription | None:
    """The organization's subscription as the database has it now."""
    return db.session.get(Subscription, (organization.id,), populate_existing=True)

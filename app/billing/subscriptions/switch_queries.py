"""Finds an organization's switches, to read or to change them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.billing import catalog
from app.billing.purchases import Rows
from app.extensions import db
from app.models import OPEN_SWITCH, Organization, PlanSwitch, Subscription

OPEN = OPEN_SWITCH


class UnknownSwitchError(LookupError):
    """The organization has no such switch."""


_rows = Rows(PlanSwitch, UnknownSwitchError)

find = _rows.find
lock = _rows.lock
locked = _rows.locked
find_stale = _rows.find_stale


def find_by_text(org_id: UUID, text: str | None) -> PlanSwitch | None:
    """The organization's switch by an id from outside; None if that isn't an id, or not of this organization's
    switch."""
    try:
        return find(org_id, UUID(text or ""))
    except (ValueError, UnknownSwitchError):
        return None


def find_open(org_id: UUID) -> PlanSwitch | None:
    """The open switch of an organization: there is at most one."""
    query = select(PlanSwitch).where(PlanSwitch.org_id == org_id, PlanSwitch.status.in_(OPEN))
    return db.session.execute(query, execution_options={"populate_existing": True}).scalar_one_or_none()


def is_large(switch: PlanSwitch) -> bool:
    """Whether what it costs now is more than a usual top-up, so that a person confirms first that it's them."""
    return switch.due > catalog.current().top_up.large


def get_subscription(organization: Organization) -> Subscription | None:
    """The organization's subscription as the database has it now."""
    return db.session.get(Subscription, (organization.id,), populate_existing=True)

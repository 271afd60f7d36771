"""The effects of another plan coming into force: rates, the message to the platform, emails, the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypedDict

from app.billing import audit
from app.billing.audit import Actor
from app.billing.catalog import Plan, versions
from app.billing.mail import notices
from app.billing.plans import number_rent, terms
from app.billing.platform import messages
from app.models import Organization


class Reason(StrEnum):
    """Why another plan is in force."""

    SWITCHED = "switched"  # a person chose it, and paid if payment was due
    SCHEDULED = "scheduled"  # a scheduled change at the end of the period
    CHANGED = "changed"  # someone changed it at Stripe
    SUSPENDED = "suspended"  # the renewal was not paid within the grace days: the free plan is in force
    RESTORED = "restored"  # the renewal was paid after all
    ENDED = "ended"  # the subscription has ended: the free plan is in force


@dataclass(frozen=True, slots=True)
class PlanInForce:
    """A plan that is in force by a version, paid by the `interval` for the price of the version that was `bought`."""

    plan: str
    version: str
    interval: str
    bought: str

    @property
    def own(self) -> Plan:
        """The plan as the organization has it. Raises `CatalogError`."""
        return versions.own(self.plan, self.bought, in_force=self.version)


class _Said(TypedDict):
    before: Plan
    after: Plan
    interval: str
    reason: str
    at: datetime


def make(
    organization: Organization,
    before: PlanInForce,
    after: PlanInForce,
    reason: Reason,
    *,
    at: datetime,
    anchor: datetime | None,
    actor: Actor,
    quantity: int = 1,
    is_adjusted: bool = False,
) -> None:
    """Put `after` in force from `at` on, in the caller's transaction, with the wallet locked.

    Its months are counted from `anchor`, or else by the calendar. It is paid `quantity` times, and
    `is_adjusted` where discounts or taxes change what is charged.
    """
    terms.start_plan(organization, after.plan, at, version=after.version, anchor=anchor)
    number_rent.follow(organization.id)
    old, new = before.own, after.own
    audit.record(
        organization.id,
        actor,
        "plan.changed",
        after.plan,
        before=before.plan,
        interval=after.interval,
        version=after.version,
        reason=reason.value,
    )
    said: _Said = {"before": old, "after": new, "interval": after.interval, "reason": reason.value, "at": at}
    messages.plan_changed(organization.id, **said)
    notices.plan_changed(organization.id, **said, quantity=quantity, is_adjusted=is_adjusted)

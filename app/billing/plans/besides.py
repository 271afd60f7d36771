"""What pages show of a plan besides itself, as one more column of the statement that reads it: what its allowances
have used, a switch that waits, and whether it is known who is billed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Text, and_, bindparam, cast, exists, func, select

from app.billing.catalog import Plan, versions
from app.billing.catalog.quantities import Quantity, quantity_of
from app.models import OPEN_SWITCH, Allowance, BillingDetails, PlanSwitch, SwitchStatus, UsageGroup

_A_PERIOD = 31
"""Days that a period has at most."""


@dataclass(frozen=True, slots=True)
class AllowanceUse:
    """What is used of an allowance in this period, and all of it."""

    label: str
    used: Quantity
    whole: Quantity

    @property
    def is_used_up(self) -> bool:
        return self.used.amount >= self.whole.amount


@dataclass(frozen=True, slots=True)
class WaitingSwitch:
    """A switch to a plan that is confirmed and not made yet: it waits for its payment, if not for Stripe."""

    id: UUID
    plan_name: str
    status: SwitchStatus

    @property
    def waits_for_payment(self) -> bool:
        return self.status is not SwitchStatus.SWITCHING


def column() -> Any:
    """In a statement about the organization `of` on its day `today`: all of it as one object."""
    period = and_(
        Allowance.org_id == bindparam("of"),
        Allowance.period_start > bindparam("today", type_=Date) - _A_PERIOD,
    )
    key = cast(Allowance.period_start, Text) + " " + Allowance.meter
    used = select(func.jsonb_object_agg(key, Allowance.used)).where(period).scalar_subquery()
    switch = (
        select(
            func.jsonb_build_object(
                "id",
                PlanSwitch.id,
                "plan",
                PlanSwitch.plan,
                "version",
                PlanSwitch.version,
                "status",
                cast(PlanSwitch.status, Text),
            )
        )
        .where(PlanSwitch.org_id == bindparam("of"), PlanSwitch.status.in_(OPEN_SWITCH))
        .scalar_subquery()
    )
    is_named = exists().where(BillingDetails.org_id == bindparam("of"), BillingDetails.legal_name != "")
    return func.jsonb_build_object("used", used, "switch", switch, "is_billed_known", is_named).label("more")


def allowances(plan: Plan, start: date, more: Mapping[str, Any]) -> tuple[AllowanceUse, ...]:
    """The plan's allowances of the period that began on `start`, in the order of their meters."""
    used = more["used"] or {}
    version = versions.find(plan.version)
    pools = {pool.key: pool for group in UsageGroup for pool in version.pools_of(group)}
    return tuple(
        AllowanceUse(
            label=pool.label,
            used=quantity_of(pool.meters[0], min(int(used.get(f"{start} {key}", 0)), plan.allowances[key])),
            whole=quantity_of(pool.meters[0], plan.allowances[key]),
        )
        for key, pool in pools.items()
        if plan.allowances.get(key)
    )


def waiting(more: Mapping[str, Any]) -> WaitingSwitch | None:
    """The open switch, of which an organization has at most one."""
    found = more["switch"]
    if found is None:
        return None
    plan = versions.get_plan(found["plan"], found["version"])
    return WaitingSwitch(UUID(found["id"]), plan.name, SwitchStatus(found["status"]))

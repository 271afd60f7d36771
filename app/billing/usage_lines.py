"""What a usage line of the history consists of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.billing import catalog
from app.billing.money import Money
from app.billing.quantities import Quantity, quantity_of
from app.extensions import db
from app.models import Organization, UsageDaily, UsageGroup, WalletLine


@dataclass(frozen=True, slots=True)
class Part:
    """Something that a usage line consists of; `day` is the day of use."""

    quantity: Quantity
    day: date
    campaign: str
    agent: str
    cost: Money


@dataclass(frozen=True, slots=True)
class UsageLine:
    """A usage line with its parts, dearest first."""

    day: date
    usage_group: UsageGroup
    amount: Money
    parts: tuple[Part, ...]


def open_line(organization: Organization, line_id: UUID) -> UsageLine | None:
    """What a usage line consists of; None where the organization has no such line."""
    line = db.session.get(WalletLine, (organization.id, line_id))
    if line is None or line.usage_group is None:
        return None
    currency = organization.currency
    rows = db.session.execute(
        select(UsageDaily)
        .where(UsageDaily.org_id == organization.id, UsageDaily.posted_on == line.day)
        .where(~UsageDaily.is_correction)
        .where(UsageDaily.meter.in_(catalog.current().meters_of(line.usage_group)))
        .order_by(UsageDaily.amount_micro.desc(), UsageDaily.quantity.desc())
    ).scalars()
    parts = tuple(
        Part(
            quantity_of(row.meter, row.quantity),
            row.day,
            row.campaign,
            row.agent,
            Money(row.amount_micro, currency),
        )
        for row in rows
    )
    return UsageLine(line.day, line.usage_group, -Money(line.amount_micro, currency), parts)

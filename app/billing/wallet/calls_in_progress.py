"""The calls in progress that hold credit: those that began first, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select, tuple_

from app.clock import utc_now
from app.cursor import Cursor
from app.extensions import db
from app.models import Hold, HoldState, Organization
from app.money import Money

PAGE = 50


@dataclass(frozen=True, slots=True)
class HeldBy:
    """The hold of one call in progress, and what was used of it; `until` is when its lease ends.

    `has_story` if the platform named the call, not only the hold. `overdue_since` is when it was named as lasting
    unusually long, None if it doesn't.
    """

    id: UUID
    key: str
    call: str
    agent: str
    campaign: str
    amount: Money
    used: Money
    since: datetime
    until: datetime
    has_story: bool
    overdue_since: datetime | None

    @property
    def is_overdue(self) -> bool:
        return self.overdue_since is not None

    @classmethod
    def of(cls, hold: Hold, currency: str) -> HeldBy:
        """The same as pages show it, in the wallet's currency."""
        return cls(
            id=hold.id,
            key=hold.key,
            call=hold.call or hold.key,
            agent=hold.agent or "",
            campaign=hold.campaign or "",
            amount=Money(hold.amount_micro, currency),
            used=Money(hold.used_micro, currency),
            since=hold.created_at,
            until=hold.expires_at,
            has_story=hold.call is not None,
            overdue_since=hold.overdue_at,
        )


@dataclass(frozen=True, slots=True)
class CallsPage:
    """Some of the calls as of `at`, and where the page after them begins; None if there is none."""

    calls: tuple[HeldBy, ...]
    following: Cursor | None
    at: datetime


def page(
    organization: Organization, *, after: Cursor | None = None, size: int = PAGE, is_overdue: bool = False
) -> CallsPage:
    """The calls that began first, or those after a cursor; all of them, or those that last unusually long. One
    statement.

    An expired lease holds nothing, whether or not that is recorded yet.
    """
    now = utc_now()
    wanted = in_order().where(
        Hold.org_id == organization.id, Hold.state == HoldState.ACTIVE, Hold.expires_at > now
    )
    if is_overdue:
        wanted = wanted.where(Hold.overdue_at.is_not(None))
    if after is not None:
        wanted = wanted.where(tuple_(Hold.created_at, Hold.id) > (after.at, after.id))
    found = list(db.session.scalars(wanted.limit(size + 1)))
    shown = found[:size]
    last = shown[-1] if len(found) > size else None
    return CallsPage(
        calls=tuple(HeldBy.of(hold, organization.currency) for hold in shown),
        following=Cursor(last.created_at, last.id) if last else None,
        at=now,
    )


def in_order() -> Select[Hold]:
    """Holds, in order of their beginning."""
    return select(Hold).order_by(Hold.created_at, Hold.id)

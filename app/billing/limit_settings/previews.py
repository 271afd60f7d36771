"""What a limit would do now, before it is set: asked first where it would stop something."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select, true

from app.billing.limit_settings.drafts import Draft
from app.billing.limits import counts, standing
from app.billing.limits.counts import Counted
from app.clock import utc_now
from app.extensions import db
from app.models import Hold, HoldState, LimitSubject, Organization
from app.money import Money


@dataclass(frozen=True, slots=True)
class Effect:
    """What counts toward a limit now: `spent` in its window, and `held` by this many `calls` in progress.

    `stops_now`: no new call of its subject could start, where one can at present.
    """

    limit: Money
    spent: Money
    held: Money
    calls: int
    stops_now: bool

    @property
    def counted(self) -> Money:
        """What counts toward it."""
        return self.spent + self.held

    @property
    def is_below_held(self) -> bool:
        """Whether calls in progress reserve more than it leaves them: they finish all the same."""
        return self.calls > 0 and self.counted > self.limit


def find(organization: Organization, draft: Draft, limit_id: UUID | None = None) -> Effect:
    """What a limit would do now, in place of the one with this id if there is one. Nothing is locked."""
    now = utc_now()
    one = Counted(organization.id, draft.subject, draft.name, draft.kind, ZoneInfo(organization.timezone))
    spent = Money(counts.spent(one, now), organization.currency)
    query = select(func.coalesce(func.sum(Hold.amount_micro), 0), func.count()).where(
        Hold.org_id == organization.id,
        Hold.state == HoldState.ACTIVE,
        Hold.expires_at > now,
        _is_of(draft),
    )
    micro, calls = db.session.execute(query).one()
    held, limit = Money(int(micro), organization.currency), draft.amount_at(now)
    before = standing.find(organization.id, limit_id, now) if limit_id else None
    is_stopped = before is not None and before.refuses_all
    stops_now = draft.stops and not is_stopped and spent + held >= limit
    return Effect(limit, spent, held, calls, stops_now)


def _is_of(draft: Draft) -> ColumnElement[bool]:
    match draft.subject:
        case LimitSubject.CAMPAIGN:
            return Hold.campaign == draft.name
        case LimitSubject.AGENT:
            return Hold.agent == draft.name
        case LimitSubject.DESTINATION_CLASS:
            return Hold.destination_class == draft.name
        case _:
            return true()

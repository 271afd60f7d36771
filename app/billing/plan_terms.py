"""Which plan, of which version of the catalogue, rates what was used at a time.

An organization is on the version that was on offer when it chose its plan, until it chooses another plan, or until a
newer version was announced for everybody.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from dateutil.relativedelta import relativedelta
from sqlalchemy import delete, select

from app.billing import catalog, catalog_versions
from app.billing.catalog import Plan
from app.billing.catalog_versions import Announcement
from app.extensions import db
from app.models import Organization, PlanTerm, Subscription

FREE_PLAN = "starter"
"""The plan of an organization without a subscription, in calendar months."""


def begin(organization: Organization, plan: str, at: datetime) -> None:
    """Let usage be rated by `plan`, as the catalogue on offer has it, from `at` on, in place of what began later.

    Raises `CatalogError`.
    """
    shelf = catalog.current()
    chosen = shelf.plan(plan).key
    catalog_versions.keep(shelf)
    db.session.execute(delete(PlanTerm).where(PlanTerm.org_id == organization.id, PlanTerm.starts_at >= at))
    db.session.add(PlanTerm(org_id=organization.id, starts_at=at, plan=chosen, version=shelf.version))
    db.session.flush()


@dataclass(frozen=True, slots=True)
class Term:
    starts_at: datetime
    plan: str
    version: str


@dataclass(frozen=True, slots=True)
class Terms:
    """The plans that an organization has been on, oldest first, and the day that its billing periods are counted
    from, in its own zone."""

    terms: tuple[Term, ...]
    announced: tuple[Announcement, ...]
    anchor: date | None

    def plan_at(self, at: datetime) -> Plan:
        """The plan that rates what is used at `at`; before the first term, the first one's."""
        if not self.terms:
            return self._newest(datetime.min.replace(tzinfo=at.tzinfo), at, None).plan(FREE_PLAN)
        position = bisect_right([term.starts_at for term in self.terms], at)
        term = self.terms[max(position - 1, 0)]
        return self._newest(term.starts_at, at, term.version).plan(term.plan)

    def period_of(self, day: date) -> date:
        """The first day of the billing period that `day` falls in."""
        if self.anchor is None:
            return day.replace(day=1)
        months = (day.year - self.anchor.year) * 12 + day.month - self.anchor.month
        start = self.anchor + relativedelta(months=months)
        return start if start <= day else self.anchor + relativedelta(months=months - 1)

    def _newest(self, since: datetime, at: datetime, version: str | None) -> catalog.Catalog:
        for one in reversed(self.announced):
            if since < one.at <= at:
                return catalog_versions.find(one.version)
        return catalog_versions.find(version) if version else catalog.current()


def of_many(org_ids: Iterable[UUID]) -> dict[UUID, Terms]:
    """The terms of organizations, in three statements."""
    ids = list(org_ids)
    announced = tuple(catalog_versions.announcements())
    found: dict[UUID, list[Term]] = defaultdict(list)
    query = (
        select(PlanTerm.org_id, PlanTerm.starts_at, PlanTerm.plan, PlanTerm.version)
        .where(PlanTerm.org_id.in_(ids))
        .order_by(PlanTerm.org_id, PlanTerm.starts_at)
    )
    for org_id, starts_at, plan, version in db.session.execute(query):
        found[org_id].append(Term(starts_at, plan, version))
    periods = select(Subscription.org_id, Subscription.period_start).where(Subscription.org_id.in_(ids))
    anchors: dict[UUID, date] = {row.org_id: row.period_start for row in db.session.execute(periods)}
    return {org_id: Terms(tuple(found[org_id]), announced, anchors.get(org_id)) for org_id in ids}


def of(organization: Organization) -> Terms:
    """The terms of one organization."""
    return of_many([organization.id])[organization.id]

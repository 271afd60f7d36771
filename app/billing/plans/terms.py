"""Which plan, of which version of the catalog, rates what was used at a time.

An organization is on the version that was current when it chose its plan, until it chooses another plan, or a newer
version is announced for everyone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete

from app.billing import catalog
from app.billing.catalog import Plan, versions
from app.billing.catalog.versions import Announcement
from app.billing.plans import grace
from app.billing.plans import periods as billing_periods
from app.clock import utc_now
from app.database.arrays import columns
from app.extensions import db, driver_connection
from app.models import Organization, PlanTerm

BILLING_CONTEXTS = """
SELECT organization.id, organization.timezone, organization.currency, subscription.anchor, term.starts_at,
    term.plan, term.version, term.anchor,
    CASE WHEN subscription.status = 'past_due' AND subscription.suspended_at IS NULL THEN subscription.failed_at
    END, subscription.version, subscription.promised_until
FROM organization
LEFT JOIN subscription ON subscription.org_id = organization.id
LEFT JOIN plan_term term ON term.org_id = organization.id
WHERE organization.id = ANY(%s::uuid[])
UNION ALL
SELECT NULL, NULL, NULL, NULL, announced_for, NULL, version, NULL, NULL, NULL, NULL FROM catalog_version
WHERE announced_for IS NOT NULL
ORDER BY 1 NULLS LAST, 5"""
"""With the announced versions, which apply to everyone, at the end. `failed_at` is set if a renewal failed and the
suspension at its deadline is not recorded yet."""

FREE_PLAN = catalog.FREE_PLAN


def start_plan(
    organization: Organization,
    plan: str,
    at: datetime,
    *,
    version: str | None = None,
    anchor: datetime | None = None,
) -> None:
    """Rate usage by `plan` from `at` on, replacing terms that begin later; by this version of the catalog, or else
    the current one. Its months are counted from `anchor`.

    Raises `CatalogError`.
    """
    current = versions.find(version) if version else catalog.current()
    chosen = current.plan(plan).key
    versions.store(current)
    db.session.execute(delete(PlanTerm).where(PlanTerm.org_id == organization.id, PlanTerm.starts_at >= at))
    db.session.add(
        PlanTerm(org_id=organization.id, starts_at=at, plan=chosen, version=current.version, anchor=anchor)
    )
    db.session.flush()


@dataclass(frozen=True, slots=True)
class Term:
    """This plan applies from `starts_at` on, by the current version if none is given."""

    starts_at: datetime
    plan: str
    version: str | None
    anchor: datetime | None = None


_FREE = Term(datetime.min.replace(tzinfo=UTC), FREE_PLAN, None)


@dataclass(frozen=True, slots=True)
class Terms:
    """The plans that an organization has been on, oldest first; months are counted from `anchor` unless a term has
    its own."""

    terms: tuple[Term, ...]
    announced: tuple[Announcement, ...]
    anchor: datetime | None
    zone: ZoneInfo
    known: dict[tuple[str | None, str, str | None], Plan] = field(default_factory=dict)
    periods: dict[date, date] = field(default_factory=dict)

    def not_before(self, at: datetime) -> datetime:
        """`at`, or the newest term's beginning if that is later: terms never begin out of order."""
        return _not_before(self.terms, at)

    def plan_at(self, at: datetime) -> Plan:
        """The plan that rates what is used at `at`; before the first term, the first one's."""
        term = self._term_at(at)
        version = self._version_at(term, at)
        key = (version, term.plan, term.version)
        plan = self.known.get(key)
        if plan is None:
            own = versions.get_plan(term.plan, term.version)
            found = versions.find(version).plans.get(term.plan) if version else None
            plan = self.known[key] = found or own
        return plan

    @property
    def version_now(self) -> str:
        """The version of the catalog that rates what is used now."""
        return self.version_at(utc_now()) or catalog.current().version

    def version_at(self, at: datetime) -> str | None:
        """The version of the catalog that rates what is used at `at`; None for the current one."""
        return self._version_at(self._term_at(at), at)

    def period_of(self, day: date) -> date:
        """The first day of the allowance period that `day` falls in, by the term at the end of that day."""
        start = self.periods.get(day)
        if start is None:
            term = self._term_at(datetime.combine(day, time.max, self.zone))
            start = self.periods[day] = billing_periods.start_of(term.anchor or self.anchor, self.zone, day)
        return start

    def _term_at(self, at: datetime) -> Term:
        if len(self.terms) > 1:
            position = bisect_right([term.starts_at for term in self.terms], at)
            return self.terms[max(position - 1, 0)]
        return self.terms[0] if self.terms else _FREE

    def _version_at(self, term: Term, at: datetime) -> str | None:
        for one in reversed(self.announced):
            if term.starts_at < one.at <= at:
                return one.version
        return term.version


@dataclass(frozen=True, slots=True)
class BillingContext:
    """An organization's zone and currency, and the plans that it has been on."""

    timezone: str
    currency: str
    terms: Terms


def get_billing_contexts(org_ids: Iterable[UUID]) -> dict[UUID, BillingContext]:
    """The billing contexts of those organizations that exist. One statement, however many there are."""
    asked = [(str(org_id),) for org_id in org_ids]
    if not asked:
        return {}
    return contexts_of(driver_connection().execute(BILLING_CONTEXTS, columns(asked)).fetchall())


def contexts_of(rows: Iterable[Sequence[Any]]) -> dict[UUID, BillingContext]:
    """The same from the rows of `BILLING_CONTEXTS`."""
    announced: list[Announcement] = []
    found: dict[UUID, tuple[str, str, datetime | None, list[Term]]] = {}
    overdue: dict[UUID, tuple[datetime, str | None, datetime | None]] = {}
    for org_id, timezone, currency, anchor, starts_at, plan, version, own_anchor, *renewal in rows:
        if org_id is None:
            announced.append(Announcement(version, starts_at))
            continue
        terms = found.setdefault(org_id, (timezone, currency, anchor, []))[3]
        if plan is not None:
            terms.append(Term(starts_at, plan, version, own_anchor))
        if renewal[0] is not None:
            overdue[org_id] = tuple(renewal)
    for org_id, (failed_at, bought, promised) in overdue.items():
        timezone, _, anchor, terms = found[org_id]
        over_at = grace.deadline(failed_at, bought, ZoneInfo(timezone), promised).over_at
        so_far = Terms(tuple(terms), tuple(announced), anchor, ZoneInfo(timezone))
        # Versions announced before the deadline are in force after it, too.
        version = so_far.version_at(over_at) if terms else bought
        terms.append(Term(_not_before(terms, over_at), FREE_PLAN, version, anchor))
    # Most organizations are on the same few plans: each is looked up once.
    known: dict[tuple[str | None, str, str | None], Plan] = {}
    return {
        org_id: BillingContext(
            timezone,
            currency,
            Terms(tuple(terms), tuple(announced), anchor, ZoneInfo(timezone), known),
        )
        for org_id, (timezone, currency, anchor, terms) in found.items()
    }


def _not_before(terms: Sequence[Term], at: datetime) -> datetime:
    return max(at, terms[-1].starts_at) if terms else at


def get_terms(organization: Organization) -> Terms:
    """The terms of one organization."""
    db.session.flush()
    return get_billing_contexts([organization.id])[organization.id].terms

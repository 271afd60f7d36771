"""The versions of the catalog: kept permanently, so that usage is rated by the rates of its own time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from app.billing.catalog import file, model
from app.billing.catalog.model import Catalog, CatalogError, Plan
from app.clock import utc_now
from app.extensions import db
from app.models import CatalogVersion, MeterGroup, Organization, PlanTerm, Subscription, SubscriptionStatus
from app.per_application import PerApplication

_read_before = PerApplication[dict[str, Catalog]]("catalog_versions", dict)


@dataclass(frozen=True, slots=True)
class Announcement:
    """From `at` on everyone is on this version."""

    version: str
    at: datetime


def store(plan_catalog: Catalog, *, announced_for: datetime | None = None) -> bool:
    """Store a catalog as a version, and announce it if a time is given; False if it was already stored.

    Raises `CatalogError` if another catalog has this version's name, if a meter was of another group before, or if
    the announcement would affect past usage, or leave someone without a plan.
    """
    if announced_for is not None and announced_for <= utc_now():
        raise CatalogError("Announce a version for a future date: past usage has already been rated.")
    fresh = insert(CatalogVersion).values(
        version=plan_catalog.version, text=plan_catalog.text, synced_at=utc_now()
    )
    added = db.session.execute(fresh.on_conflict_do_nothing().returning(CatalogVersion.version)).scalar()
    if added is None and _text_of(plan_catalog.version) != plan_catalog.text:
        raise CatalogError(
            f"Version {plan_catalog.version!r} is kept already, with other content. Give the change a "
            "version of its own."
        )
    if added is not None:
        _note_groups(plan_catalog)
    if announced_for is not None:
        _check_that_no_one_is_left_behind(plan_catalog)
        db.session.execute(
            update(CatalogVersion)
            .where(CatalogVersion.version == plan_catalog.version)
            .values(announced_for=announced_for)
        )
    return added is not None


def find(version: str) -> Catalog:
    """The catalog of this version. Versions never change, so a process reads each only once.

    Raises `CatalogError`.
    """
    if model.current().version == version:
        return model.current()
    known = _read_before.get()
    if version not in known:
        known[version] = file.parse(_text_of(version), name=f"version {version}")
    return known[version]


def get_plan(plan: str, version: str | None) -> Plan:
    """A plan of the version that an organization is on; if that doesn't have it, or is None, of the current one.
    Raises `CatalogError` if neither has it."""
    if version is not None and plan in (kept := find(version)).plans:
        return kept.plans[plan]
    return model.current().plan(plan)


def own(plan: str, version: str | None, *, in_force: str | None) -> Plan:
    """A plan as an organization has it: with the price of the version that it was bought from, which it keeps paying,
    and the limits, allowances and rates of the version that is `in_force` now.

    Raises `CatalogError` as `get_plan` does.
    """
    paid = get_plan(plan, version)
    if in_force is None or plan not in (newer := find(in_force)).plans:
        return paid
    return replace(newer.plans[plan], price=paid.price, yearly=paid.yearly)


def in_force(version: str, at: datetime) -> str:
    """The version in force at a time for those who chose this one: itself, or the one announced since.

    An announcement is for everyone, even those who return to an older version later.
    """
    stored = select(CatalogVersion.synced_at).where(CatalogVersion.version == version).scalar_subquery()
    newer = (
        select(CatalogVersion.version)
        .where(CatalogVersion.announced_for <= at, CatalogVersion.synced_at > stored)
        .order_by(CatalogVersion.announced_for.desc())
        .limit(1)
    )
    return db.session.scalar(newer) or version


def check_currency(plan_catalog: Catalog) -> None:
    """Raises `CatalogError` if wallets are in another currency than the catalog."""
    query = select(Organization.currency, func.count()).where(Organization.currency != plan_catalog.currency)
    other = db.session.execute(query.group_by(Organization.currency).order_by(func.count().desc())).first()
    if other is not None:
        currency, count = other
        whose = "an organization" if count == 1 else f"{count} organizations"
        raise CatalogError(
            f"currency: this catalog is in {plan_catalog.currency}, and the wallets of {whose} are in "
            f"{currency}, for good. Write {currency}, or run an installation of its own for "
            f"{plan_catalog.currency}."
        )


def _note_groups(plan_catalog: Catalog) -> None:
    """Note which group each new meter is of: daily totals are by group, so it stays the same in all versions."""
    groups = {key: meter.group.value for key, meter in sorted(plan_catalog.meters.items())}
    rows = [{"meter": key, "usage_group": group} for key, group in groups.items()]
    db.session.execute(insert(MeterGroup).values(rows).on_conflict_do_nothing())
    for known in db.session.scalars(select(MeterGroup).where(MeterGroup.meter.in_(groups))):
        if known.usage_group != groups[known.meter]:
            raise CatalogError(
                f"meters.{known.meter}.group: usage of it was recorded as {known.usage_group!r}. Keep that, or give "
                "the meter another key."
            )


def _check_that_no_one_is_left_behind(plan_catalog: Catalog) -> None:
    """Check that an announced version has everyone's current and scheduled plan."""
    newest = (
        select(PlanTerm.plan)
        .ext(distinct_on(PlanTerm.org_id))
        .order_by(PlanTerm.org_id, PlanTerm.starts_at.desc())
    )
    planned = select(Subscription.scheduled_plan).where(Subscription.scheduled_plan.is_not(None))
    paid = select(Subscription.plan).where(Subscription.status != SubscriptionStatus.CANCELED)
    asked = [plan for query in (newest, planned, paid) for plan in db.session.scalars(query)]
    for plan in sorted({plan for plan in asked if plan is not None}):
        if plan not in plan_catalog.plans:
            raise CatalogError(
                f"Version {plan_catalog.version!r} has no plan {plan!r}, which organizations are on or have "
                "planned. Keep it in the version, or sync without --announce: they keep the version that "
                "they are on."
            )


def stored_text(version: str) -> str | None:
    """The content of a version as it is stored; None if it isn't."""
    return db.session.scalar(select(CatalogVersion.text).where(CatalogVersion.version == version))


def _text_of(version: str) -> str:
    text = stored_text(version)
    if text is None:
        raise CatalogError(f"There is no version {version!r}. Store it with `flask catalog sync`.")
    return text

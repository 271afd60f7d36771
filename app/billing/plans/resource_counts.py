"""How many agents, numbers and so on an organization has, as the platform counts them: plans limit these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.billing.plans import number_rent
from app.extensions import db
from app.models import ResourceCount, Wallet


def set_counts(org_id: UUID, counts: Mapping[str, int]) -> None:
    """Store the given counts, and leave others unchanged. Open pages refresh their limits, and a reserve for number
    rent follows."""
    if not counts:
        return
    rows = [{"org_id": org_id, "resource": name, "count": count} for name, count in sorted(counts.items())]
    fresh = insert(ResourceCount).values(rows)
    changed = fresh.on_conflict_do_update(
        index_elements=[ResourceCount.org_id, ResourceCount.resource],
        set_={"count": fresh.excluded.count},
        where=ResourceCount.count != fresh.excluded.count,
    ).returning(ResourceCount.resource)
    if db.session.execute(changed).all():
        db.session.execute(update(Wallet).where(Wallet.org_id == org_id).values(version=Wallet.version + 1))
        number_rent.follow(org_id)


def set_names(org_id: UUID, names: Mapping[str, Sequence[str]]) -> None:
    """Store the names of counted resources, oldest first; resources not given stay unchanged."""
    for resource, wanted in sorted(names.items()):
        db.session.execute(
            update(ResourceCount)
            .where(ResourceCount.org_id == org_id, ResourceCount.resource == resource)
            .values(names=list(wanted))
        )


def names_of(org_id: UUID) -> dict[str, tuple[str, ...]]:
    """Their names on the platform, by resource, oldest first; empty if not reported."""
    query = select(ResourceCount.resource, ResourceCount.names).where(ResourceCount.org_id == org_id)
    return {resource: tuple(names) for resource, names in db.session.execute(query)}


def counts_of(org_id: UUID) -> dict[str, int]:
    """The counts, by resource."""
    query = select(ResourceCount.resource, ResourceCount.count).where(ResourceCount.org_id == org_id)
    return {row.resource: row[1] for row in db.session.execute(query)}

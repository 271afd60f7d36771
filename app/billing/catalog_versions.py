"""The versions of the catalogue: kept for good, so that what was used is rated by the rates of its own time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.billing import catalog, catalog_file
from app.billing.catalog import Catalog, CatalogError, Plan
from app.extensions import db
from app.models import CatalogVersion
from app.models.columns import utc_now


@dataclass(frozen=True, slots=True)
class Announcement:
    """From `at` on everybody is on this version."""

    version: str
    at: datetime


def keep(shelf: Catalog, *, announced_for: datetime | None = None) -> bool:
    """Keep a catalogue as a version, and announce it where a time is given; False where it was kept before.

    Raises `CatalogError` where another catalogue has this version's name, or where the announcement would change
    what was used already.
    """
    if announced_for is not None and announced_for <= utc_now():
        raise CatalogError("Announce a version for a time to come: what was used is rated already.")
    fresh = insert(CatalogVersion).values(version=shelf.version, text=shelf.text, synced_at=utc_now())
    added = db.session.execute(fresh.on_conflict_do_nothing().returning(CatalogVersion.version)).scalar()
    if added is None and _text_of(shelf.version) != shelf.text:
        raise CatalogError(
            f"Version {shelf.version!r} is kept already, with other content. Give the change a version of its own."
        )
    if announced_for is not None:
        db.session.execute(
            update(CatalogVersion)
            .where(CatalogVersion.version == shelf.version)
            .values(announced_for=announced_for)
        )
    return added is not None


def find(version: str) -> Catalog:
    """The catalogue of this version. Versions never change, so each is read once by a process.

    Raises `CatalogError`.
    """
    if catalog.current().version == version:
        return catalog.current()
    known: dict[str, Catalog] = current_app.extensions.setdefault("catalog_versions", {})
    if version not in known:
        known[version] = catalog_file.parse(_text_of(version), name=f"version {version}")
    return known[version]


def bought(plan: str, version: str | None) -> Plan:
    """A plan of the version that an organization is on; where that has it no more, or none is named, of the one on
    offer. Raises `CatalogError` where neither has it."""
    if version is not None and plan in (kept := find(version)).plans:
        return kept.plans[plan]
    return catalog.current().plan(plan)


def announcements() -> list[Announcement]:
    """The versions that were announced, in the order in which they begin."""
    query = (
        select(CatalogVersion.version, CatalogVersion.announced_for)
        .where(CatalogVersion.announced_for.is_not(None))
        .order_by(CatalogVersion.announced_for)
    )
    return [Announcement(version, at) for version, at in db.session.execute(query) if at is not None]


def _text_of(version: str) -> str:
    text = db.session.scalar(select(CatalogVersion.text).where(CatalogVersion.version == version))
    if text is None:
        raise CatalogError(f"There is no version {version!r}. Keep it with `flask catalog sync`.")
    return text

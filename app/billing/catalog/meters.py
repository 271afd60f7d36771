"""The name of a meter, whatever version of the catalog it comes from.

Usage outlives the catalog that rated it: a meter that is no longer offered keeps its name on pages.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from app.billing.catalog import model, versions
from app.billing.catalog.model import Meter
from app.extensions import db
from app.models import CatalogVersion, UsageGroup
from app.per_application import PerApplication

_known_before = PerApplication[dict[str, Meter]]("meters_known_before", dict)
"""Meters that are no longer offered, as found in an older version."""


def get_meter(key: str) -> Meter:
    """The meter as in the current catalog, or else as in the newest version that had it.

    A meter that no version has is named by its key and counted in units, so that it never breaks a page. Results are
    cached, so each process searches the versions once per meter.
    """
    on_offer = model.current().meters.get(key)
    if on_offer is not None:
        return on_offer
    known = _known_before.get()
    if key not in known:
        found = _in_versions(key)
        if found is None:
            return _unknown(key)
        known[key] = found
    return known[key]


def list_meters(group: UsageGroup, used: Iterable[str]) -> list[str]:
    """The meters of a group, in the catalog's order, followed by those `used` that are no longer offered."""
    offered = model.current().meters_of(group)
    gone = {key for key in used if key not in model.current().meters}
    return offered + sorted(key for key in gone if get_meter(key).group is group)


def _in_versions(key: str) -> Meter | None:
    newest_first = select(CatalogVersion.version).order_by(CatalogVersion.synced_at.desc())
    for version in db.session.scalars(newest_first).all():
        found = versions.find(version).meters.get(key)
        if found is not None:
            return found
    return None


def _unknown(key: str) -> Meter:
    label = key.replace("_", " ").capitalize()
    return Meter(UsageGroup.TELEPHONY, label, unit="unit", shown_as="units", shown_per=1, per=1)

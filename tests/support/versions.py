"""A newer version of the catalog, in which Growth and Starter are other than in the application's own."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.billing.catalog import Catalog, file, versions
from app.billing.catalog.versions import Announcement
from app.clock import utc_now
from app.extensions import db
from app.models import CatalogVersion
from config import ROOT

TEXT = (ROOT / "catalog.toml").read_text()
NEWER = {
    'version = "2026-12.4"': 'version = "2027-02"',
    'price = "99"': 'price = "109"',
    'yearly = "990"': 'yearly = "1090"',
    "agents = 10, ": "agents = 8, ",
    "agents = 1, ": "agents = 3, ",
    "call_minutes = 120000": "call_minutes = 60000",
    "call_minutes = 3000": "call_minutes = 1200",
    'tokens_out = "9.50"': 'tokens_out = "11.50"',
    'tokens_out = "12.00"': 'tokens_out = "14.00"',
    '"Call transfer"': '"Warm transfer"',
    '"One agent"': '"Three agents"',
}


def newer(**changes: str) -> Catalog:
    """The newer version, with further changes of its text."""
    text = TEXT
    for old, new in [*NEWER.items(), *changes.items()]:
        assert old in text, old
        text = text.replace(old, new)
    return file.parse(text, name="newer")


def offer_newer(app: Flask) -> None:
    """Let the newer version be the one on offer; the test sees to it that it isn't afterward."""
    versions.store(newer())
    db.session.commit()
    app.extensions["catalog"] = newer()


def announced() -> list[Announcement]:
    """The versions that were announced, in the order in which they begin."""
    rows = db.session.scalars(db.select(CatalogVersion).order_by(CatalogVersion.announced_for))
    return [Announcement(row.version, row.announced_for) for row in rows if row.announced_for is not None]


def announce_newer(app: Flask, *, ago: timedelta) -> None:
    """Everyone is on it since then; as if time had passed since it was announced."""
    offer_newer(app)
    row = db.session.get_one(CatalogVersion, "2027-02")
    row.announced_for = utc_now() - ago
    db.session.commit()

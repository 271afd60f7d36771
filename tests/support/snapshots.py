"""What the whole database holds, to see that nothing of it changed."""

from __future__ import annotations

from app.extensions import db

_MOVING = {"rate_limit_counter", "sign_in_session"}
"""Counts of tries and times of last use: a refused request counts, too."""


def everything() -> dict[str, str]:
    """A digest of each table's rows by its name."""
    db.session.rollback()
    tables = sorted(set(db.metadata.tables) - _MOVING)
    query = "SELECT md5(coalesce(string_agg(row::text, ' ' ORDER BY row::text), '')) FROM {} AS row"
    preparer = db.engine.dialect.identifier_preparer
    found = {
        name: str(db.session.execute(db.text(query.format(preparer.quote(name)))).scalar()) for name in tables
    }
    found["jobs"] = str(db.session.execute(db.text("SELECT count(*) FROM procrastinate_jobs")).scalar())
    db.session.rollback()
    return found

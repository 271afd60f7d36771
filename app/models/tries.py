"""Secrets that people type: each is good for a time and a few tries, and every try is counted before it is judged."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, update
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utc_now
from app.extensions import db
from app.models.columns import When


class FewTries:
    """A row that stands for such a secret. `failures` are the tries so far, `expires_at` is when it is over."""

    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    expires_at: Mapped[When]


def is_open(table: type[FewTries], most: int) -> ColumnElement[bool]:
    """Whether a row may be tried now, of `most` times."""
    return and_(table.expires_at > utc_now(), table.failures < most)


def count_try(table: type[FewTries], most: int, *own: Any) -> int | None:
    """Count a try of the row that `own` finds, before it is judged, so that a burst counts as what it is; the count,
    None if no tries are left.

    One statement, in a transaction of its own, which a wrong one doesn't roll back.
    """
    counted = (
        update(table)
        .where(*own, is_open(table, most))
        .values(failures=table.failures + 1)
        .returning(table.failures)
        .execution_options(synchronize_session=False)
    )
    return db.session.scalar(counted)

"""Tables that PostgreSQL takes for large: what it chooses for a handful of rows depends on when it last looked at them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from app.extensions import db
from tests.support.database import behind_the_scenes

_ROWS_A_PAGE = 100_000_000
"""More than fit: the few pages that a table has then stand for very many rows
(https://www.postgresql.org/docs/current/row-estimation-examples.html)."""
_FORGET = text("DELETE FROM pg_statistic WHERE starelid = ANY (CAST(:names AS regclass[]))")
_SAY = text(
    "UPDATE pg_class SET reltuples = :rows, relpages = :pages WHERE oid IN (SELECT unnest(CAST(:names AS regclass[])))"
)


@contextmanager
def large(*names: str) -> Iterator[None]:
    """Let statements be planned as if these tables, which have rows, had very many. Commits."""
    _say(names, _ROWS_A_PAGE, 1)
    for name in names:
        assert db.session.scalar(text(f"SELECT EXISTS (SELECT FROM {name})")), f"{name} has no rows."
    try:
        yield
    finally:
        db.session.rollback()
        # As if it had never looked.
        _say(names, -1, 0)


def _say(names: tuple[str, ...], rows: int, pages: int) -> None:
    with behind_the_scenes() as connection:
        connection.execute(_FORGET, {"names": list(names)})
        connection.execute(_SAY, {"rows": rows, "pages": pages, "names": list(names)})

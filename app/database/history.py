"""Which history of the database this is: one that was restored to an earlier moment begins a new one, and so does a
standby that takes over, which may lack the last commits."""

from __future__ import annotations

from sqlalchemy import literal_column
from sqlalchemy.sql.elements import ColumnElement

CURRENT: ColumnElement[str] = literal_column(
    "((SELECT system_identifier FROM pg_control_system())::text || '/' "
    "|| left(pg_walfile_name(pg_current_wal_lsn()), 8))"
)
"""The cluster's own identifier, and its timeline (https://www.postgresql.org/docs/current/continuous-archiving.html,
"Timelines"). Not on a standby, which writes nothing."""

"""What is deleted once it is old, and what is kept for good and why: each table is in one of the two."""

from __future__ import annotations

from app.retention.old_rows import delete_old, delete_old_of, next_organizations, overdue, parts
from app.retention.rules import Kept
from app.retention.tables import DELETED, KEPT

__all__ = [
    "DELETED",
    "KEPT",
    "Kept",
    "delete_old",
    "delete_old_of",
    "next_organizations",
    "overdue",
    "parts",
]

"""Deleting old rows of organizations: ended holds, messages that have left, emails, invitations that are over.

Each organization by itself, some rows in each transaction, the oldest first by the ids, which sort by time. What
someone still waits for is never old.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import TextClause, select, text

from app.billing import catalog
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7_floor
from app.models import Organization
from app.models.scope import scoped_to
from app.one_by_one import each_alone
from app.transaction import transaction

log = structlog.get_logger("billing.retention")

BATCH = 2_000
_SECONDS = 1800
"""How long all organizations take at most; the rest is left for the next night."""


@dataclass(frozen=True, slots=True)
class Kept:
    """For how many days after they ended holds, messages to the platform and alerts, and emails are kept."""

    holds: int
    messages: int
    mails: int


_HOLDS = text("""
DELETE FROM hold WHERE org_id = :org_id AND id IN (
    SELECT id FROM hold WHERE org_id = :org_id AND id < :newest AND state <> 'active' AND ended_at < :before
    ORDER BY id LIMIT :batch)
RETURNING 1""")
# The newest of an organization stays: the next is dated after it.
_MESSAGES = text("""
WITH old AS (
    SELECT id FROM platform_message AS message
    WHERE org_id = :org_id AND id < :newest AND created_at < :before
        AND position < (SELECT max(position) FROM platform_message WHERE org_id = :org_id)
        AND NOT EXISTS (
            SELECT FROM platform_delivery AS delivery
            WHERE delivery.org_id = :org_id AND delivery.message_id = message.id
                AND (delivery.state = 'waiting' OR delivery.ended_at >= :before))
    ORDER BY id LIMIT :batch
), sent AS (DELETE FROM platform_delivery WHERE org_id = :org_id AND message_id IN (SELECT id FROM old))
DELETE FROM platform_message WHERE org_id = :org_id AND id IN (SELECT id FROM old) RETURNING 1""")
_ALERTS = text("""
DELETE FROM alert_delivery WHERE org_id = :org_id AND id IN (
    SELECT id FROM alert_delivery
    WHERE org_id = :org_id AND id < :newest AND state <> 'waiting' AND ended_at < :before
    ORDER BY id LIMIT :batch)
RETURNING 1""")
_MAILS = text("""
DELETE FROM mail WHERE org_id = :org_id AND id IN (
    SELECT id FROM mail
    WHERE org_id = :org_id AND id < :newest AND state <> 'waiting' AND coalesce(sent_at, next_try_at) < :before
    ORDER BY id LIMIT :batch)
RETURNING 1""")
# An address that is listed as an owner, and was sent no link yet, waits.
_INVITATIONS = text("""
DELETE FROM invitation WHERE org_id = :org_id AND id IN (
    SELECT id FROM invitation WHERE org_id = :org_id AND id < :newest AND coalesce(ended_at, expires_at) < :before
    ORDER BY id LIMIT :batch)
RETURNING 1""")


def delete_old(kept: Kept) -> None:
    """Delete what is old of all organizations. Commits in batches; an organization that fails stops no other.

    Raises `RuntimeError` where one failed.
    """
    now = utc_now()

    def delete_of(org_id: UUID) -> None:
        with scoped_to(org_id):
            if deleted := {
                name: count for name, count in delete_old_of(org_id, kept, now=now).items() if count
            }:
                log.info("old_rows_deleted", organization=str(org_id), **deleted)

    org_ids = db.session.scalars(select(Organization.id)).all()
    if failed := each_alone("delete_old_rows", org_ids, delete_of, seconds=_SECONDS):
        raise RuntimeError(f"Old rows of {failed} organizations are still there: see the log.")


def delete_old_of(org_id: UUID, kept: Kept, *, now: datetime) -> dict[str, int]:
    """Delete what is old of one organization. Returns how many rows, by table; commits in batches.

    A hold stays at least as long as usage that names it may be late.
    """
    holds = max(kept.holds, catalog.current().late_days + 1)
    wanted: Mapping[str, tuple[TextClause, int]] = {
        "hold": (_HOLDS, holds),
        "platform_message": (_MESSAGES, kept.messages),
        "alert_delivery": (_ALERTS, kept.messages),
        "mail": (_MAILS, kept.mails),
        "invitation": (_INVITATIONS, kept.mails),
    }
    return {
        name: _delete(org_id, query, now - timedelta(days=days)) for name, (query, days) in wanted.items()
    }


def _delete(org_id: UUID, query: TextClause, before: datetime) -> int:
    values = {"org_id": org_id, "before": before, "newest": uuid7_floor(before), "batch": BATCH}
    deleted = 0
    while True:
        with transaction():
            count = len(db.session.execute(query, values).all())
        deleted += count
        if count < BATCH:
            return deleted

"""Which rows of organizations are old: one query for each table, by which they are deleted, and by which it is said
how old the oldest of them is. What someone still waits for is never old."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from app.billing import catalog
from app.ids import uuid7_floor
from config import Settings


@dataclass(frozen=True, slots=True)
class Kept:
    """For how many days after they ended holds, messages to the platform and alerts, and emails are kept."""

    holds: int
    messages: int
    mails: int

    @classmethod
    def of(cls, settings: Settings) -> Kept:
        """As operators have set it."""
        return cls(settings.hold_days_kept, settings.message_days_kept, settings.mail_days_kept)

    def days_of(self, table: str) -> int:
        """The days for a table. A hold stays at least as long as usage that names it may be late."""
        if table == "hold":
            return max(self.holds, catalog.current().late_days + 1)
        return self.messages if table in {"platform_message", "alert_delivery"} else self.mails


@dataclass(frozen=True, slots=True)
class Rule:
    """A table, the query that deletes a batch of its old rows, and the one that says since when the oldest is old;
    each of several organizations. Both take `values_of`."""

    table: str
    delete: TextClause
    oldest: TextClause


# Ids sort by time, so a range of an organization's primary key has all that are as old as that, and few others.
_HOLDS = """
    SELECT id, ended_at AS since FROM hold
    WHERE org_id = wanted.org_id AND id < :newest AND state <> 'active' AND ended_at < :before
    ORDER BY id LIMIT :batch"""
# The newest of an organization stays: the next is dated after it.
_MESSAGES = """
    SELECT id, created_at AS since FROM platform_message AS message
    WHERE org_id = wanted.org_id AND id < :newest AND created_at < :before
        AND position < (SELECT max(position) FROM platform_message WHERE org_id = wanted.org_id)
        AND NOT EXISTS (
            SELECT FROM platform_delivery AS delivery
            WHERE delivery.org_id = wanted.org_id AND delivery.message_id = message.id
                AND (delivery.state = 'waiting' OR delivery.ended_at >= :before))
    ORDER BY id LIMIT :batch"""
_SENT = """,
sent AS (
    DELETE FROM platform_delivery AS delivery USING old
    WHERE delivery.org_id = old.org_id AND delivery.message_id = old.id)"""
_ALERTS = """
    SELECT id, ended_at AS since FROM alert_delivery
    WHERE org_id = wanted.org_id AND id < :newest AND state <> 'waiting' AND ended_at < :before
    ORDER BY id LIMIT :batch"""
_MAILS = """
    SELECT id, coalesce(sent_at, next_try_at) AS since FROM mail
    WHERE org_id = wanted.org_id AND id < :newest AND state <> 'waiting' AND coalesce(sent_at, next_try_at) < :before
    ORDER BY id LIMIT :batch"""
# An address that is listed as an owner, and was sent no link yet, waits.
_INVITATIONS = """
    SELECT id, coalesce(ended_at, expires_at) AS since FROM invitation
    WHERE org_id = wanted.org_id AND id < :newest AND coalesce(ended_at, expires_at) < :before
    ORDER BY id LIMIT :batch"""


def _rule(table: str, find: str, *, also: str = "") -> Rule:
    old = f"""
    SELECT wanted.org_id, found.id, found.since FROM unnest(CAST(:org_ids AS uuid[])) AS wanted (org_id)
    CROSS JOIN LATERAL ({find}) AS found"""  # noqa: S608 - queries of ours
    delete = f"""
    WITH old AS MATERIALIZED ({old} LIMIT :batch){also}
    DELETE FROM {table} AS gone USING old WHERE gone.org_id = old.org_id AND gone.id = old.id RETURNING 1"""  # noqa: S608
    return Rule(table, text(delete), text(f"SELECT min(since) FROM ({old}) AS old"))  # noqa: S608


RULES = (
    _rule("hold", _HOLDS),
    _rule("platform_message", _MESSAGES, also=_SENT),
    _rule("alert_delivery", _ALERTS),
    _rule("mail", _MAILS),
    _rule("invitation", _INVITATIONS),
)


def values_of(
    rule: Rule, org_ids: Sequence[UUID], kept: Kept, *, now: datetime, batch: int
) -> dict[str, Any]:
    """The parameters of a rule's queries: what ended before `before` is old."""
    before = now - timedelta(days=kept.days_of(rule.table))
    return {"org_ids": list(org_ids), "before": before, "newest": uuid7_floor(before), "batch": batch}

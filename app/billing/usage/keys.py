"""Which events were recorded: by a digest of their source and id, and what they said by another.

A text in a unique index takes its own bytes for each of a thousand events; a digest takes sixteen, and the events
have the text. Two events have the same one by no chance that matters (128 bits of SHA-256).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime

from app.database.arrays import columns
from app.extensions import driver_connection

_RECORDED = """
SELECT digest.org_id, digest.key, digest.content FROM usage_digest digest
JOIN unnest(%s::uuid[], %s::uuid[]) AS asked (org_id, key)
    ON digest.org_id = asked.org_id AND digest.key = asked.key"""

# What is new is said only where not all are: nearly always they are.
_RECORD = """
WITH fresh AS (
    INSERT INTO usage_digest (org_id, key, content, at)
    SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::timestamptz[])
    ON CONFLICT DO NOTHING RETURNING org_id, key)
SELECT count(*), CASE WHEN count(*) < %s THEN array_agg(org_id) END,
    CASE WHEN count(*) < %s THEN array_agg(key) END FROM fresh"""

_FORGET = """
DELETE FROM usage_digest USING unnest(%s::uuid[], %s::uuid[]) AS asked (org_id, key)
WHERE usage_digest.org_id = asked.org_id AND usage_digest.key = asked.key"""

EventKey = tuple[str, str]
"""An organization's id as text, which is faster to look up and to send, and the digest of `key_of`."""

KeyRow = tuple[str, str, str, datetime]
"""An organization's id, the event's key, a digest of its content, both as 32 hexadecimal digits, and its own time."""


def key_of(source: str, event_id: str) -> str:
    """The digest that an event is deduplicated by, as 32 hexadecimal digits; `usage_key_of` in SQL."""
    return hashlib.sha256(f"{source}\0{event_id}".encode()).hexdigest()[:32]


def contents_of(keys: Collection[EventKey]) -> dict[EventKey, str]:
    """Those keys that are already recorded, with the digest of their event's content. One statement."""
    if not keys:
        return {}
    found = driver_connection().execute(_RECORDED, columns(keys)).fetchall()
    return {(str(org_id), key.hex): content.hex for org_id, key, content in found}


def record(rows: Sequence[KeyRow]) -> dict[EventKey, str]:
    """Record keys, each once, of organizations whose wallets are locked. Returns those that were recorded before,
    with the digest of their event's content.

    One statement, and another one where some were.
    """
    if not rows:
        return {}
    answer = driver_connection().execute(_RECORD, [*columns(rows), len(rows), len(rows)]).fetchone()
    if answer is None or answer[0] == len(rows):
        return {}
    fresh = {(str(org_id), key.hex) for org_id, key in zip(answer[1] or (), answer[2] or (), strict=True)}
    return contents_of([row[:2] for row in rows if row[:2] not in fresh])


def forget(keys: Collection[EventKey]) -> None:
    """Forget keys that this transaction has recorded of events that it rejects after all. One statement at most."""
    if keys:
        driver_connection().execute(_FORGET, columns(keys))

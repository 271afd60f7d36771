"""What an operator would look at where something doesn't come to rest: open purchases, their jobs, and who waits for
whom in the database."""

from __future__ import annotations

from typing import Any

import psycopg

PURCHASES = """
SELECT 'top-up' AS purchase, id, status::text, attempt, created_at, paying_since AS claimed_at,
       payment_intent_id AS at_stripe
FROM top_up WHERE status = 'paying'
UNION ALL
SELECT 'plan switch', id, status::text, attempt, created_at, claimed_at, invoice_id
FROM plan_switch WHERE status = 'switching'"""
JOBS = """
SELECT job.task_name, job.queue_name, job.status::text, job.attempts, job.args::text, job.scheduled_at,
       worker.last_heartbeat, (SELECT max(at) FROM procrastinate_events WHERE job_id = job.id) AS last_change
FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
WHERE job.status IN ('todo', 'doing', 'failed') ORDER BY job.id"""
SESSIONS = """
SELECT pid, state, now() - xact_start AS open_for, wait_event_type, wait_event, pg_blocking_pids(pid) AS waits_for,
       left(regexp_replace(query, '\\s+', ' ', 'g'), 160) AS query
FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND (state <> 'idle' OR wait_event_type = 'Lock')"""


def describe(connection: psycopg.Connection[Any]) -> str:
    """All of it as text, a line for each row, with the time of the database."""
    lines = [f"Under way at {_one(connection, 'SELECT now()')}:"]
    for title, query in (("purchases", PURCHASES), ("jobs", JOBS), ("sessions", SESSIONS)):
        cursor = connection.execute(query.encode())
        names = [column.name for column in cursor.description or ()]
        rows = cursor.fetchall()
        lines.append(f"{title}: {len(rows)}")
        lines += [
            "  "
            + ", ".join(
                f"{name} {value}" for name, value in zip(names, row, strict=True) if value is not None
            )
            for row in rows
        ]
    return "\n".join(lines)


def _one(connection: psycopg.Connection[Any], query: str) -> object:
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None

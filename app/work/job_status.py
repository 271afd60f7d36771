"""The state of jobs (waiting, running, stalled, failed), and retrying failed ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from app.extensions import db
from app.transaction import transaction
from app.work import stalled

FAILED_KEPT_DAYS = 90
"""How long permanently failed jobs are kept for inspection."""

_BY_QUEUE = text("""
    SELECT queue_name,
           count(*) FILTER (WHERE status = 'todo') AS waiting,
           count(*) FILTER (WHERE status = 'doing') AS running,
           count(*) FILTER (WHERE status = 'failed') AS failed,
           coalesce(extract(epoch FROM now() - min(due.at) FILTER (WHERE status = 'todo' AND due.at <= now())), 0)
               AS oldest_seconds
    FROM procrastinate_jobs job
    CROSS JOIN LATERAL (
        SELECT coalesce(job.scheduled_at, (SELECT min(event.at) FROM procrastinate_events event
                                           WHERE job.status = 'todo' AND event.job_id = job.id)) AS at
    ) due
    GROUP BY queue_name ORDER BY queue_name
""")

_FAILED = text("""
    SELECT job.id, job.queue_name, job.task_name, job.args, job.attempts, max(event.at) AS at
    FROM procrastinate_jobs job LEFT JOIN procrastinate_events event ON event.job_id = job.id
    WHERE job.status = 'failed'
    GROUP BY job.id ORDER BY job.id DESC LIMIT :limit
""")

_RETRY = text("""
    UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = NULL
    WHERE status = 'failed' AND (CAST(:ids AS bigint[]) IS NULL OR id = ANY(CAST(:ids AS bigint[])))
    RETURNING id
""")

_DELETE_OLD = text("""
    DELETE FROM procrastinate_jobs job
    WHERE job.status IN ('failed', 'aborted', 'cancelled', 'succeeded') AND NOT EXISTS (
        SELECT FROM procrastinate_events event
        WHERE event.job_id = job.id AND event.at > now() - make_interval(days => :days))
""")

_COUNTS = text("""
    SELECT count(*) FILTER (WHERE status = 'failed') AS failed,
           count(*) FILTER (WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())) AS due
    FROM procrastinate_jobs
""")


_IS_DUE = text("""
    SELECT EXISTS (SELECT FROM procrastinate_jobs
                   WHERE status = 'todo' AND queue_name = ANY(:queues) AND coalesce(scheduled_at <= now(), true))
""")

_IS_OPEN = text("""
    SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE task_name = :task AND status IN ('todo', 'doing'))
""")

_LIVE_WORKERS = text(f"""
    SELECT count(*) FROM procrastinate_workers
    WHERE last_heartbeat > now() - interval '{stalled.GONE_AFTER_SECONDS} seconds'
""")  # noqa: S608 - a number of ours


def counts() -> dict[str, Any]:
    """For monitoring: jobs of workers that are gone, permanently failed jobs, and due jobs. Two statements."""
    row = db.session.execute(_COUNTS).one()
    return {"stalled": stalled.count(), "failed": row.failed, "due": row.due}


def live_workers() -> int:
    """How many queues are being served: each registers by itself, and gives a sign of life every few seconds."""
    return int(db.session.execute(_LIVE_WORKERS).scalar_one())


def is_due(queues: Sequence[str]) -> bool:
    """Whether a job of these queues could run now."""
    return bool(db.session.scalar(_IS_DUE, {"queues": list(queues)}))


def is_open(task: str) -> bool:
    """Whether a job of this task waits or runs."""
    return bool(db.session.scalar(_IS_OPEN, {"task": task}))


def by_queue() -> Sequence[Any]:
    """List each queue with its waiting, running, and failed jobs, and how many seconds the oldest due job has
    waited."""
    return db.session.execute(_BY_QUEUE).all()


def failed(limit: int) -> Sequence[Any]:
    """List the newest permanently failed jobs: every attempt ended with an error, or its worker was killed
    each time."""
    return db.session.execute(_FAILED, {"limit": limit}).all()


def retry(ids: Sequence[int] | None = None) -> list[int]:
    """Retry failed jobs, these or all; returns the ids of those queued. In the caller's transaction."""
    found = db.session.execute(_RETRY, {"ids": None if ids is None else list(ids)})
    return [row.id for row in found]


def delete_old() -> None:
    """Delete jobs that ended long ago. Commits."""
    with transaction():
        db.session.execute(_DELETE_OLD, {"days": FAILED_KEPT_DAYS})

"""Enqueue what a sweep has found, unless a job for it already exists."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import text

from app.extensions import db, enqueue
from app.transaction import transaction

# A job scheduled for later that never ran doesn't count. A job waiting to be retried does: it has its own schedule. A
# job that failed permanently waits for an operator (`flask jobs failed`).
_AT_IT = text("""
    SELECT args ->> :key FROM procrastinate_jobs
    WHERE task_name = :task
      AND (status IN ('doing', 'failed')
           OR status = 'todo' AND (attempts > 0 OR coalesce(scheduled_at <= now(), true)))
""")


def enqueue_missing(task: str, wanted: Iterable[dict[str, str]], *, key: str) -> int:
    """Enqueue a task for each of the `wanted` arguments that has no job yet; returns how many. Commits.

    `key` names the identifying argument. Each gets its own job, so that one that fails or is slow doesn't delay the
    others.
    """
    with transaction():
        found = list(wanted)
        at_it = set(db.session.scalars(_AT_IT, {"task": task, "key": key})) if found else set()
        new = [arguments for arguments in found if arguments[key] not in at_it]
        for arguments in new:
            enqueue(task, after=None, **arguments)
    return len(new)

"""Stalled jobs: jobs of stopped workers, run again by a live one.

A worker that is killed leaves its jobs marked as running, and with them their locks. It has also stopped sending
heartbeats to the database; that is how its jobs are found. So a job may run twice if its worker was only slow: every
task is idempotent.
"""

from __future__ import annotations

import structlog
from sqlalchemy import text

from app.extensions import db
from app.transaction import transaction

log = structlog.get_logger("billing.jobs")

BEAT_SECONDS = 5
"""How often a worker sends a heartbeat."""

GONE_AFTER_SECONDS = 20
"""A worker without a heartbeat for this long is considered gone."""

MOST_STARTS = 320
"""A job that was started this often fails: it may be what kills its worker. More than retries after errors can
need."""

LONGEST_PAUSE_SECONDS = 30
"""The longest delay before a job runs again: none at first, and a second more each time, so that a job that kills its
worker does so less often."""

_GONE = f"""
    job.status = 'doing' AND NOT EXISTS (
        SELECT FROM procrastinate_workers worker
        WHERE worker.id = job.worker_id
          AND worker.last_heartbeat > now() - interval '{GONE_AFTER_SECONDS} seconds')
"""

# Of several jobs with one queueing lock (a periodic task), only one may wait: the others are redundant.
_REQUEUE = text(f"""
    WITH gone AS MATERIALIZED (
        SELECT job.id, job.attempts, job.queueing_lock FROM procrastinate_jobs job
        WHERE {_GONE}
        ORDER BY job.id
        FOR UPDATE OF job SKIP LOCKED
    ), ordered AS (
        SELECT gone.id, gone.attempts,
               gone.queueing_lock IS NOT NULL AND (
                   row_number() OVER (PARTITION BY gone.queueing_lock ORDER BY gone.id) > 1
                   OR EXISTS (SELECT FROM procrastinate_jobs other
                              WHERE other.queueing_lock = gone.queueing_lock AND other.status = 'todo')
               ) AS spare
        FROM gone
    )
    UPDATE procrastinate_jobs job
    SET status = CASE WHEN ordered.spare THEN 'aborted'
                      WHEN ordered.attempts + 1 >= {MOST_STARTS} THEN 'failed'
                      ELSE 'todo' END::procrastinate_job_status,
        attempts = job.attempts + 1,
        scheduled_at = now() + make_interval(secs => least(job.attempts, {LONGEST_PAUSE_SECONDS})),
        abort_requested = false,
        worker_id = NULL
    FROM ordered WHERE job.id = ordered.id
    RETURNING job.id, job.task_name, job.queue_name, job.status::text
""")  # noqa: S608 - only numbers of ours are put in

_COUNT = text(f"SELECT count(*) FROM procrastinate_jobs job WHERE {_GONE}")  # noqa: S608 - as above


def recover() -> int:
    """Requeue the jobs of workers that are gone; returns how many. Commits.

    Several processes may do so at the same time: each job is requeued by one of them.
    """
    with transaction():
        found = db.session.execute(_REQUEUE).all()
    for job in found:
        say = log.error if job.status == "failed" else log.warning
        say("stalled_job", job=job.id, task=job.task_name, queue=job.queue_name, now=job.status)
    return len(found)


def count() -> int:
    """Count the jobs of workers that are gone."""
    return int(db.session.execute(_COUNT).scalar_one())

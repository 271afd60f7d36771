"""What the platform was told last is what is; and nothing waits that no one will take up."""

from __future__ import annotations

from torture.checks import Database
from torture.journal import Journal
from torture.trouble.receivers import Receiver

STATES = "SELECT org_id::text, state FROM wallet"
# A periodic job that begins just now is not stuck, and one that its killed worker left while the next was waiting is
# redundant: it is aborted.
JOBS = """
SELECT task_name, status::text, count(*), min(since)::text
FROM (
    SELECT *, coalesce((SELECT max(at) FROM procrastinate_events WHERE job_id = job.id), scheduled_at, now()) AS since
    FROM procrastinate_jobs job) job
WHERE status = 'failed' OR status = 'aborted' AND queueing_lock IS NULL
   OR status = 'doing' AND since < now() - interval '1 minute'
   OR status = 'todo' AND scheduled_at < now() - interval '1 minute'
GROUP BY 1, 2"""
EVENTS = "SELECT id, type, state, coalesce(note, '') FROM stripe_event WHERE state IN ('failed', 'refused')"
MESSAGES = "SELECT state, count(*) FROM platform_delivery GROUP BY 1"
LEFT_RESERVED = """
SELECT count(*) FROM hold_allowance counted JOIN hold ON hold.org_id = counted.org_id AND hold.id = counted.hold_id
WHERE hold.state <> 'active'"""


def check(database: Database, receiver: Receiver, journal: Journal) -> None:
    """States, jobs, Stripe's events and what ended holds left."""
    with database.connect() as connection:
        for org_id, state in connection.execute(STATES).fetchall():
            told = receiver.states.get(str(org_id))
            if told is not None and told[2] != state:
                journal.found(
                    "state untold", f"{org_id} is {state}, the platform was told {told[2]} at {told[0]}"
                )
            if told is None and state != "paused":
                journal.found("state untold", f"{org_id} is {state}, and the platform was told nothing")
        for task, status, count, since in connection.execute(JOBS).fetchall():
            journal.found("job stuck", f"{task}: {count} {status} since {since}")
        for id_, type_, state, note in connection.execute(EVENTS).fetchall():
            journal.found("Stripe event not handled", f"{id_} {type_}: {state} {note}")
        for state, count in connection.execute(MESSAGES).fetchall():
            journal.happened("message to the platform", str(state), int(str(count)))
        row = connection.execute(LEFT_RESERVED).fetchone()
        if row and row[0]:
            journal.found("left reserved", f"{row[0]} ended holds still count on units of an allowance")

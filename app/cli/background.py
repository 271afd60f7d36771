"""`flask jobs`: the state of background jobs, the failed ones, and retrying those."""

from __future__ import annotations

import json
import sys

import click
from flask.cli import with_appcontext

from app.cli import table
from app.transaction import transaction
from app.work import job_status, stalled


@click.group("jobs")
def jobs() -> None:
    """Background jobs."""


@jobs.command()
@with_appcontext
def status() -> None:
    """Show each queue: jobs waiting, running, and failed, and how long the oldest due job has waited."""
    rows = job_status.by_queue()
    if not rows:
        click.echo("No jobs are waiting, running or failed.")
    else:
        table.show(
            ("QUEUE", "WAITING", "RUNNING", "FAILED", "OLDEST DUE"),
            [
                (
                    row.queue_name,
                    str(row.waiting),
                    str(row.running),
                    str(row.failed),
                    f"{row.oldest_seconds:.0f} s",
                )
                for row in rows
            ],
        )
    count = stalled.count()
    if count:
        whose = "1 job belongs" if count == 1 else f"{count} jobs belong"
        click.echo(f"{whose} to a stopped worker. Any running worker takes over within a minute.")


@jobs.command()
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@with_appcontext
def failed(limit: int) -> None:
    """List permanently failed jobs, newest first: id, queue, task, arguments, attempts, and time."""
    found = job_status.failed(limit)
    if not found:
        click.echo("No failed jobs.")
        return
    table.show(
        ("JOB", "QUEUE", "TASK", "ARGUMENTS", "ATTEMPTS", "FAILED (UTC)"),
        [
            (
                str(row.id),
                row.queue_name,
                row.task_name,
                json.dumps(row.args),
                str(row.attempts),
                f"{row.at:%Y-%m-%d %H:%M}" if row.at else "-",
            )
            for row in found
        ],
    )
    if len(found) == limit:
        click.echo(f"Only the newest {limit} are shown; --limit shows more.")


@jobs.command()
@click.argument("job_ids", nargs=-1, type=int)
@click.option("--all-failed", is_flag=True, help="Every permanently failed job.")
@with_appcontext
def retry(job_ids: tuple[int, ...], all_failed: bool) -> None:
    """Retry failed jobs. Retrying is safe. Exits with 1 if a given job is not a failed one."""
    if bool(job_ids) == all_failed:
        raise click.ClickException("Give job ids, or use --all-failed.")
    with transaction():
        done = job_status.retry(None if all_failed else job_ids)
    click.echo(f"{len(done)} queued for retry.")
    if missing := sorted(set(job_ids) - set(done)):
        click.echo(f"Not a failed job: {', '.join(map(str, missing))}. See `flask jobs failed`.", err=True)
        sys.exit(1)

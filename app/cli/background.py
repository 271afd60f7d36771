"""`flask jobs`: how the background jobs stand, which failed for good, and running those again."""

from __future__ import annotations

import json
import sys

import click
from flask.cli import with_appcontext

from app.cli import table
from app.extensions import db
from app.work import stalled, standing


@click.group("jobs")
def jobs() -> None:
    """Background jobs."""


@jobs.command()
@with_appcontext
def status() -> None:
    """Show each queue: jobs waiting, running and failed, and how long the oldest due one has waited."""
    rows = standing.by_queue()
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
        click.echo(f"{whose} to a worker that is gone. Any worker that runs takes over within a minute.")


@jobs.command()
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@with_appcontext
def failed(limit: int) -> None:
    """List the jobs that failed for good, the newest first: id, queue, task, its arguments, tries, when."""
    found = standing.failed(limit)
    if not found:
        click.echo("No job has failed for good.")
        return
    table.show(
        ("JOB", "QUEUE", "TASK", "ARGUMENTS", "TRIES", "FAILED (UTC)"),
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
@click.option("--all-failed", is_flag=True, help="Every job that failed for good.")
@with_appcontext
def retry(job_ids: tuple[int, ...], all_failed: bool) -> None:
    """Run failed jobs again. Nothing is done twice by it. Exits with 1 where a job named isn't a failed one."""
    if bool(job_ids) == all_failed:
        raise click.ClickException("Name jobs by their ids, or say --all-failed.")
    done = standing.run_again(None if all_failed else job_ids)
    db.session.commit()
    click.echo(f"{len(done)} queued to run again.")
    if missing := sorted(set(job_ids) - set(done)):
        click.echo(f"No failed job: {', '.join(map(str, missing))}. See `flask jobs failed`.", err=True)
        sys.exit(1)

"""`flask worker`: work through the queue of background jobs."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from app import jobs


@click.command()
@with_appcontext
def worker() -> None:
    """Run background jobs until stopped."""
    jobs.run_worker(current_app._get_current_object())  # type: ignore[attr-defined]

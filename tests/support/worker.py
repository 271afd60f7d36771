"""`flask worker` as a process of its own, which can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import text

from app.extensions import db
from config import ROOT, Settings
from dev.tether import tether
from tests.support.sandbox import WEBHOOK_SECRET
from tests.support.waiting import wait_until


@contextmanager
def a_worker(settings: Settings, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker on the test's database and stand-in, killed in the end."""
    environment = {
        "APP_ENV": "test",
        "DATABASE_URL": settings.database_url,
        "STRIPE_API_BASE": settings.stripe_api_base,
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "LOG_LEVEL": "CRITICAL",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker", *options]
    process = subprocess.Popen(
        tether(command, signal.SIGKILL), cwd=ROOT, env=os.environ | environment, start_new_session=True
    )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL, as the system does that is out of memory."""
    if process.poll() is None:
        process.kill()
    process.wait()


def let_be_missed() -> None:
    """Let it be a minute since a worker that is alive no more told so. One that is alive tells it again immediately."""
    db.session.rollback()
    db.session.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"))
    db.session.commit()


def until(happened: Callable[[], object], what: str) -> None:
    """Wait for something that a worker does."""

    def has_happened() -> object:
        db.session.rollback()
        return happened()

    wait_until(has_happened, f"it did not happen: {what}")


def running(task: str) -> int:
    """How many jobs of a task a worker is at, or was when it was killed."""
    query = text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' AND task_name = :task")
    return int(db.session.execute(query, {"task": task}).scalar_one())


def waiting(task: str) -> int:
    """How many jobs of a task have not begun."""
    query = text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND task_name = :task")
    return int(db.session.execute(query, {"task": task}).scalar_one())

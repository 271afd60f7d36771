"""`flask worker` as a process of its own, which can be killed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import text

from app.extensions import db
from config import Settings
from tests.support import programs
from tests.support.sandbox import WEBHOOK_SECRET
from tests.support.waiting import wait_until


@contextmanager
def a_worker(settings: Settings, *options: str) -> Iterator[programs.Program]:
    """A worker on the test's database and stand-in, killed in the end."""
    environment = {
        "APP_ENV": "test",
        "DATABASE_URL": settings.database_url,
        "STRIPE_API_BASE": settings.stripe_api_base,
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "LOG_LEVEL": "CRITICAL",
    }
    process = programs.start("flask", ["--app", "wsgi", "worker", *options], os.environ | environment)
    try:
        yield process
    finally:
        kill(process)


def kill(process: programs.Program) -> None:
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

"""`flask worker`: runs queues side by side, each with its own slots."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from typing import Any, TypeVar

import structlog
from flask import Flask
from procrastinate import PsycopgConnector
from procrastinate.periodic import PeriodicRegistry

from app.database.conditions import first_line
from app.database.timeouts import UNANSWERED
from app.extensions import db, jobs
from app.queues import SLOTS, Queue
from app.web.database import is_unavailable
from app.work import job_status, stalled
from database_addresses import conninfo

R = TypeVar("R")
log = structlog.get_logger("billing.jobs")

EVERYTHING = (*Queue,)
RECOVERY_SECONDS = 5
"""How often a worker looks for stalled jobs."""

RECONNECT_SECONDS = 1
_CONNECTION_SECONDS = 10
"""How long a queue waits for a connection before the worker restarts. A pool retries a lost database with doubling
delays; a new pool tries immediately."""

_POLLING_SECONDS = 2.0
"""How long a job that was enqueued for later waits beyond its time at most; others are announced."""
_PUNCTUAL_SECONDS = 0.5
"""The same where the platform waits for it."""

_GRACE_SECONDS = 25
_SLOTS_UNTIL_EMPTY = 4
_BEFORE_QUEUES = "default"
"""Where versions before this one enqueued everything: their processes may still do so during a deployment."""


def run(app: Flask, *, queues: Sequence[Queue] = EVERYTHING, until_empty: bool = False) -> None:
    """Run queues until the process is stopped, or until nothing is due.

    With `until_empty`, periodic tasks are skipped: whether they are due depends on the minute. Otherwise the worker
    waits for a database that becomes unavailable.
    """
    if until_empty:
        _until_empty(app, queues)
        return
    stopping = False
    while not stopping:
        try:
            with jobs.replace_connector(_connector(app)):
                stopping = asyncio.run(_serve(app, queues))
        except Exception as error:
            # Its jobs are recovered by `stalled`, as after a kill.
            log.warning("worker_begins_again", reason=f"{type(error).__name__}: {error}".splitlines()[0])
            time.sleep(RECONNECT_SECONDS)


def until_available(ask: Callable[[], R]) -> R:
    """What `ask` returns; asked again every second while the database is unavailable.

    A worker that starts while PostgreSQL restarts waits for it, like one that runs already.
    """
    while True:
        try:
            return ask()
        except Exception as error:
            with suppress(Exception):
                db.session.rollback()
            if not is_unavailable(error):
                raise
            log.warning("worker_waits_for_database", reason=first_line(error))
            time.sleep(RECONNECT_SECONDS)


def _until_empty(app: Flask, queues: Sequence[Queue]) -> None:
    _recover_stalled(app)
    with jobs.replace_connector(_connector(app, min_size=1)) as worker, ExitStack() as clock:
        clock.callback(setattr, worker, "periodic_registry", worker.periodic_registry)
        worker.periodic_registry = PeriodicRegistry()  # type: ignore[no-untyped-call]
        options = _options(app) | {"wait": False, "listen_notify": False}
        names = _names(queues)
        # It ends when it finds no job, although a running one may still enqueue another.
        while True:
            worker.run_worker(queues=names, concurrency=_SLOTS_UNTIL_EMPTY, **options)
            if not _is_due(app, names):
                return


def _is_due(app: Flask, names: Sequence[str]) -> bool:
    with app.app_context():
        return job_status.is_due(names)


async def _serve(app: Flask, queues: Sequence[Queue]) -> bool:
    """Run every queue until asked to stop (True), or until one of them ends unexpectedly (False)."""
    loop = asyncio.get_running_loop()
    # The loop's own pool has six threads on two cores: slow jobs of one queue would take them all.
    loop.set_default_executor(ThreadPoolExecutor(sum(SLOTS[queue] for queue in queues) + 1, "job"))
    stop_requested = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop_requested.set)
    async with jobs.open_async():
        running = [asyncio.create_task(_run(app, queue), name=queue) for queue in queues]
        recovering = asyncio.create_task(_recover_stalled_periodically(app))
        stop = asyncio.create_task(stop_requested.wait())
        ended, _ = await asyncio.wait([*running, recovering, stop], return_when=asyncio.FIRST_COMPLETED)
        for task in (*running, recovering, stop):
            # A canceled queue lets its jobs finish first.
            task.cancel()
        await asyncio.gather(*running, recovering, stop, return_exceptions=True)
    if stop not in ended:
        log.warning("worker_ended", queues=[task.get_name() for task in ended])
    return stop in ended


async def _run(app: Flask, queue: Queue) -> None:
    await jobs.run_worker_async(
        queues=_names([queue]), name=queue.value, concurrency=SLOTS[queue], **_options(app, queue)
    )


async def _recover_stalled_periodically(app: Flask) -> None:
    while True:
        await asyncio.to_thread(_recover_stalled, app)
        await asyncio.sleep(RECOVERY_SECONDS)


def _recover_stalled(app: Flask) -> None:
    with app.app_context():
        try:
            stalled.recover()
        except Exception as error:
            with suppress(Exception):
                db.session.rollback()
            log.warning(
                "stalled_jobs_not_looked_for", reason=f"{type(error).__name__}: {error}".splitlines()[0]
            )


def _options(app: Flask, queue: Queue | None = None) -> dict[str, Any]:
    return {
        "additional_context": {"app": app},
        "fetch_job_polling_interval": _POLLING_SECONDS if queue is not Queue.LEASES else _PUNCTUAL_SECONDS,
        "shutdown_graceful_timeout": _GRACE_SECONDS,
        "delete_jobs": "successful",
        "install_signal_handlers": False,
        "update_heartbeat_interval": stalled.BEAT_SECONDS,
        "stalled_worker_timeout": stalled.GONE_AFTER_SECONDS,
    }


def _names(queues: Sequence[Queue]) -> list[str]:
    names = [queue.value for queue in queues]
    return [*names, _BEFORE_QUEUES] if Queue.MAINTENANCE in queues else names


def _connector(app: Flask, **pool: Any) -> PsycopgConnector:
    address = conninfo(app.config["SETTINGS"].database_url)
    return PsycopgConnector(conninfo=address, timeout=_CONNECTION_SECONDS, kwargs=dict(UNANSWERED), **pool)

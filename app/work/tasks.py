"""How tasks are defined: with a name, a queue, and the rows they may see."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

import structlog
from flask import Flask, g

from app import metrics, tracing
from app.database.conditions import condition_of, log_failure
from app.extensions import db, jobs
from app.models.scope import scope_to
from app.queues import QUEUE_OF
from app.work.retry_policy import RetryPolicy

log = structlog.get_logger("billing.jobs")

P = ParamSpec("P")
R = TypeVar("R")


def in_app(task: Callable[P, R]) -> Callable[..., R]:
    """Run a task in its own application context and database session.

    It sees no rows of any organization: a task for one uses `for_organization`, and one across organizations
    `seeing_all`.
    """

    @wraps(task)
    def run(context: Any, *args: P.args, **kwargs: P.kwargs) -> R:
        app: Flask = context.additional_context["app"]
        trace: Any = kwargs.pop(tracing.CARRIER, None)
        name = context.job.task_name
        with app.app_context():
            g.started_before = context.job.attempts > 0
            with _measured(name), tracing.span(f"job {name}", kind="consumer", parent=trace):
                return task(*args, **kwargs)

    return run


@contextmanager
def _measured(name: str) -> Iterator[None]:
    started, outcome = time.perf_counter(), "failed"
    try:
        yield
        outcome = "done"
    finally:
        metrics.JOB_SECONDS.labels(name, outcome).observe(time.perf_counter() - started)


def for_organization(task: Callable[P, R]) -> Callable[..., R]:
    """As `in_app`, for a task that gets its organization as `org_id` and sees no other's rows."""

    @wraps(task)
    def scoped(*args: P.args, **kwargs: P.kwargs) -> R:
        scope_to(db.session(), UUID(str(kwargs["org_id"])))
        return task(*args, **kwargs)

    return in_app(scoped)


def task(name: str) -> Callable[[Callable[..., R]], Any]:
    """Define a task in its queue of `app.queues`. A job that fails is retried, whatever failed: also a database that
    was lost just when the task would have scheduled its own next attempt."""
    return jobs.task(name=name, queue=QUEUE_OF[name].value, pass_context=True, retry=RetryPolicy())


def periodic(name: str, cron: str) -> Callable[[Callable[..., R]], Any]:
    """Define a task that runs at the times of `cron`, one at a time. One that fails runs again at the next time.

    Where that is within the hour, a run that failed because the database couldn't do it is logged and is over: a
    failed job is what waits for an operator.
    """
    is_soon_again = cron.split()[1] == "*"

    def define(run: Callable[..., R]) -> Any:
        defined = jobs.task(name=name, queue=QUEUE_OF[name].value, pass_context=True, queueing_lock=name)
        return jobs.periodic(cron=cron)(
            defined(_unless_database_is_away(name, run) if is_soon_again else run)
        )

    return define


def _unless_database_is_away(name: str, run: Callable[..., R]) -> Callable[..., R | None]:
    @wraps(run)
    def tried(*args: Any, **kwargs: Any) -> R | None:
        try:
            return run(*args, **kwargs)
        except Exception as error:
            if condition_of(error) is None:
                raise
            log_failure(log, "job_failed", error, task=name)
            return None

    return tried

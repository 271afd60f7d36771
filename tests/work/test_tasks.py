"""What every task has in common."""

from __future__ import annotations

import pytest
from flask import Flask

from app.extensions import jobs
from app.queues import QUEUE_OF
from app.work.retry_policy import RetryPolicy


def test_every_task_of_a_queue_is_defined(app: Flask) -> None:
    assert set(QUEUE_OF) <= set(jobs.tasks)


@pytest.mark.parametrize("name", sorted(QUEUE_OF))
def test_what_fails_runs_again(app: Flask, name: str) -> None:
    task = jobs.tasks[name]
    is_periodic = name in {one.task.name for one in jobs.periodic_registry.periodic_tasks.values()}
    assert is_periodic or isinstance(task.retry_strategy, RetryPolicy)
    assert (task.queueing_lock is not None) is is_periodic, "one that runs anyway waits once at most"

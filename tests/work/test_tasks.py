"""What every task has in common."""

from __future__ import annotations

import pytest
from flask import Flask
from psycopg.errors import DiskFull
from sqlalchemy import text

from app.extensions import db, enqueue, jobs
from app.queues import QUEUE_OF
from app.work.retry_policy import RetryPolicy
from tests.support.sandbox import work_through


def test_every_task_of_a_queue_is_defined(app: Flask) -> None:
    assert set(QUEUE_OF) <= set(jobs.tasks)


@pytest.mark.parametrize("name", sorted(QUEUE_OF))
def test_what_fails_runs_again(app: Flask, name: str) -> None:
    task = jobs.tasks[name]
    is_periodic = name in {one.task.name for one in jobs.periodic_registry.periodic_tasks.values()}
    assert is_periodic or isinstance(task.retry_strategy, RetryPolicy)
    assert (task.queueing_lock is not None) is is_periodic, "one that runs anyway waits once at most"


@pytest.mark.parametrize(
    ("error", "left"),
    [(DiskFull("could not extend file"), []), (ValueError("a defect"), [("end_leases", "failed")])],
    ids=["a full disk", "a defect"],
)
def test_what_runs_again_soon_leaves_a_failed_job_for_a_defect_only(
    app: Flask, monkeypatch: pytest.MonkeyPatch, error: Exception, left: list[tuple[str, str]]
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("app.billing.wallet.holds.find_expired", fail)
    enqueue("end_leases", timestamp=0)
    db.session.commit()
    work_through(app)
    query = "SELECT task_name, status::text FROM procrastinate_jobs"
    assert [tuple(row) for row in db.session.execute(text(query))] == left

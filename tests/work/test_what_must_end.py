"""Whatever has to end does, even if the process that was at it is gone and no job of it is left.

Of each state of everything it says what ends it: a sweep that finds the row by itself, or a person, an operator or
Stripe, who may take as long as they like. A state that is added has to say so, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Enum, insert, text

from app.clock import utc_now
from app.extensions import db, enqueue, jobs
from app.ids import uuid7
from app.queues import QUEUE_OF, Queue
from app.work import stalled
from app.work.retry_policy import MOST_TRIES, PROMPT_TRIES, wait_after
from tests.factories import an_organization
from tests.support.database import behind_the_scenes
from tests.support.rows import a_row
from tests.support.sandbox import work_through

A_DAY = timedelta(days=1)
State = tuple[str, str]
"""A table, and the state of a row of it."""


@dataclass(frozen=True)
class Swept:
    """That the periodic task `by` finds the row and enqueues `task` for it, by the column `key`. `without` are columns
    that may be empty meanwhile."""

    by: str
    task: str
    key: str
    argument: str
    without: tuple[str, ...] = ()


_TOP_UP = Swept("sweep", "settle_top_up", "id", "top_up_id", ("paying_since",))
_SWITCH = Swept("sweep", "look_after_switch", "id", "switch_id", ("claimed_at",))
_PEOPLE = "shown to a person, who hasn't begun it; nothing was asked of anyone"
_STRIPE = "Stripe says what becomes of it, and each comparison asks"
_OPERATOR = "an operator is told, and decides"

SWEPT: Mapping[State, Swept] = {
    ("top_up", "paying"): _TOP_UP,
    ("top_up", "action"): _TOP_UP,
    ("plan_switch", "switching"): _SWITCH,
    ("plan_switch", "action"): _SWITCH,
    ("plan_switch", "declined"): _SWITCH,
    ("stripe_event", "received"): Swept("sweep", "handle_stripe_event", "id", "event_id"),
    ("mail", "waiting"): Swept("sweep_mail", "send_mail", "id", "mail_id"),
    ("alert_delivery", "waiting"): Swept("sweep_alerts", "send_alerts", "channel_id", "channel_id"),
    ("platform_delivery", "waiting"): Swept(
        "sweep_platform", "deliver_to_platform", "endpoint_id", "endpoint_id"
    ),
}
BY_ITSELF: Mapping[State, str] = {
    ("hold", "active"): "end_leases",
    ("plan_switch", "review"): "nightly",
    ("subscription", "past_due"): "suspend_overdue",
}
"""States that a periodic task ends without a job for each; it is tested beside the task."""
NOT_OURS: Mapping[State, str] = {
    ("top_up", "review"): _PEOPLE,
    (
        "top_up",
        "declined",
    ): "another card may pay it; one that no person began, auto top-up continues or cancels",
    ("limit_request", "waiting"): "an owner decides; the limit holds meanwhile",
    ("invoice", "open"): _STRIPE,
    ("invoice", "uncollectible"): _STRIPE,
    ("subscription", "active"): "in force",
    ("wallet", "active"): "what credit allows now",
    ("wallet", "low"): "what credit allows now",
    ("wallet", "paused"): "what credit allows now",
    ("stripe_event", "refused"): _OPERATOR,
    ("stripe_event", "failed"): _OPERATOR,
    ("platform_delivery", "failed"): _OPERATOR,
    ("mail", "failed"): _OPERATOR,
}
ENDS: frozenset[State] = frozenset(
    (table, state)
    for table, states in {
        "top_up": ("succeeded", "canceled"),
        "plan_switch": ("done", "canceled"),
        "hold": ("captured", "released", "expired"),
        "stripe_event": ("handled", "ignored"),
        "mail": ("sent",),
        "alert_delivery": ("delivered", "failed"),
        "platform_delivery": ("delivered", "superseded"),
        "limit_request": ("approved", "refused", "obsolete"),
        "invoice": ("paid", "void"),
        "subscription": ("canceled",),
    }.items()
    for state in states
)


def test_every_state_says_what_ends_it() -> None:
    said = [*SWEPT, *BY_ITSELF, *NOT_OURS, *ENDS]
    assert len(said) == len(set(said))
    assert set(said) == {
        (table.name, str(state.value))
        for table in db.metadata.tables.values()
        for column in table.columns
        if column.name in {"state", "status"} and isinstance(column.type, Enum) and column.type.enum_class
        for state in column.type.enum_class
    }


def test_each_task_that_ends_something_runs_by_the_clock(app: Flask) -> None:
    by_clock = {one.task.name for one in jobs.periodic_registry.periodic_tasks.values()}
    assert {one.by for one in SWEPT.values()} | set(BY_ITSELF.values()) <= by_clock


def test_what_was_left_without_a_job_is_found_and_gets_one(app: Flask) -> None:
    """Each state, and each once more without what its claim writes. Nothing of it has a job."""
    left: dict[tuple[str, str, str, str], State] = {}
    with behind_the_scenes() as connection:
        for (name, state), swept in SWEPT.items():
            for missing in ((), swept.without) if swept.without else ((),):
                row = _left(name, state, missing)
                connection.execute(insert(db.metadata.tables[name]).values(row))
                if name == "alert_delivery":
                    channel = a_row(db.metadata.tables["alert_channel"], row["org_id"])
                    channel |= {"id": row["channel_id"], "kind": "slack"}
                    connection.execute(insert(db.metadata.tables["alert_channel"]).values(channel))
                key = (swept.by, swept.task, swept.argument, str(row[swept.key]))
                left[key] = (name, state)
    for by in {one.by for one in SWEPT.values()}:
        enqueue(by, timestamp=0)
    db.session.commit()
    work_through(app, Queue.SWEEPS)
    query = text(
        "SELECT task_name, args, coalesce(scheduled_at, now()) <= now() AS is_due FROM procrastinate_jobs"
    )
    found = {
        (job.task_name, name, str(value))
        for job in db.session.execute(query)
        if job.is_due
        for name, value in job.args.items()
    }
    assert [state for (_, *job), state in left.items() if tuple(job) not in found] == []


@pytest.mark.parametrize("task", sorted({one.task for one in SWEPT.values()}))
def test_bad_luck_a_few_times_in_a_row_keeps_no_one_waiting(app: Flask, task: str) -> None:
    """A database that went away, and workers that were killed at a job, count as tries: of half an hour of them,
    the next one is a minute away at most."""
    policy = jobs.tasks[task].retry_strategy
    assert policy is not None
    waits = [wait_after(tries) for tries in range(1, MOST_TRIES)]
    assert max(waits[:PROMPT_TRIES]) <= 60
    assert sum(waits[:PROMPT_TRIES]) >= 25 * 60
    assert waits == sorted(waits)
    assert 2.5 * 86_400 <= sum(waits) <= 3.5 * 86_400
    assert MOST_TRIES < stalled.MOST_STARTS
    assert stalled.LONGEST_PAUSE_SECONDS <= 60
    assert task in QUEUE_OF


def _left(name: str, state: str, missing: tuple[str, ...]) -> dict[str, Any]:
    """A row as a process left it a day ago."""
    table = db.metadata.tables[name]
    values = {key: value for key, value in a_row(table, _organization()).items() if key in table.columns}
    if "id" in table.columns:
        values["id"] = uuid7() if table.columns["id"].type.python_type is UUID else f"evt_{uuid7().hex}"
    before = utc_now() - A_DAY
    for column in ("created_at", "received_at", "next_try_at", "claimed_at", "paying_since"):
        if column in table.columns:
            values[column] = before
    values |= {"state" if "state" in table.columns else "status": state}
    return values | dict.fromkeys(missing)


def _organization() -> UUID:
    return an_organization().id

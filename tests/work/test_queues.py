"""Every task has its queue, every queue its slots and a process that works through it."""

from __future__ import annotations

import ast
import shlex
from collections.abc import Iterator

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from app import queues
from app.extensions import db, enqueue, jobs
from app.queues import GROUPS, QUEUE_OF, SLOTS, Queue
from app.web.database import engine_options
from app.work import tasks
from config import ROOT, Settings
from dev.demo import WORKERS

OWN_TASKS = {name: task for name, task in jobs.tasks.items() if "procrastinate" not in task.name}


def enqueued_names() -> Iterator[tuple[str, str]]:
    """Where a task is enqueued by a name that stands in the code, and that name."""
    for file in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id in {"enqueue", "enqueue_missing"} and isinstance(node.args[0], ast.Constant):
                yield f"{file.name}:{node.lineno}", node.args[0].value


def test_every_task_is_defined_in_its_queue_and_in_no_other() -> None:
    assert tasks
    assert {name: task.queue for name, task in OWN_TASKS.items()} == QUEUE_OF


@pytest.mark.long
def test_every_name_that_is_enqueued_is_a_task() -> None:
    found = dict(enqueued_names())
    assert len(found) > 10
    assert set(found.values()) <= set(QUEUE_OF)


def test_every_queue_has_slots_and_is_in_one_group() -> None:
    assert set(SLOTS) == set(Queue)
    assert all(count > 0 for count in SLOTS.values())
    assert sorted(queue for group in GROUPS.values() for queue in group) == sorted(Queue)


def test_no_task_that_sends_something_out_shares_a_queue_with_money() -> None:
    slow = {"deliver_to_platform", "tell_calling_state", "send_mail", "nightly", "tell_of_expiring_cards"}
    assert {QUEUE_OF[name] for name in slow}.isdisjoint(GROUPS["money"])


def test_the_processes_of_the_procfile_and_of_the_demo_work_through_every_queue_once() -> None:
    lines = [line.partition(": ")[2] for line in (ROOT / "Procfile").read_text().splitlines()]
    named = [shlex.split(line)[-1] for line in lines if "worker" in line]
    assert sorted(named) == sorted(WORKERS.values())
    assert sorted(queue for words in named for queue in queues.parse(words)) == sorted(Queue)


def test_each_slot_of_a_worker_that_runs_everything_finds_a_connection(settings: Settings) -> None:
    options = engine_options(settings)
    # One looks for what is stalled, and a comparison has two.
    assert options["pool_size"] + options["max_overflow"] >= sum(SLOTS.values()) + 2


def test_a_task_without_a_queue_can_be_neither_defined_nor_enqueued(app: Flask) -> None:
    with pytest.raises(KeyError):
        tasks.task("unheard_of")
    with pytest.raises(KeyError):
        enqueue("unheard_of")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("mail", (Queue.MAIL,)),
        (
            "messages, mail",
            (Queue.CALLING, Queue.MESSAGES, Queue.ALERTS, Queue.CHAT, Queue.SMS, Queue.MAIL),
        ),
        ("payments stripe_events", (Queue.PAYMENTS, Queue.STRIPE_EVENTS)),
        ("mail,mail", (Queue.MAIL,)),
    ],
)
def test_queues_are_named_singly_or_by_group(words: str, found: tuple[Queue, ...]) -> None:
    assert queues.parse(words) == found


@pytest.mark.parametrize("words", ["", " , ", "mails", "default"])
def test_a_name_that_is_none_is_refused_with_those_there_are(app: Flask, words: str) -> None:
    with pytest.raises(ValueError, match="queue"):
        queues.parse(words)
    refused: Result = app.test_cli_runner().invoke(args=["worker", "--queues", words])
    assert refused.exit_code == 2
    assert "queue" in refused.output


@pytest.mark.parametrize(
    ("task", "whose", "other"),
    [
        ("settle_top_up", {"org_id": "one", "top_up_id": "t"}, {"org_id": "two", "top_up_id": "t"}),
        (
            "handle_stripe_event",
            {"customer": "cus_1", "event_id": "e"},
            {"customer": "cus_2", "event_id": "e"},
        ),
    ],
)
def test_the_jobs_of_one_stand_before_no_first_job_of_another(
    app: Flask, task: str, whose: dict[str, str], other: dict[str, str]
) -> None:
    for _ in range(300):
        enqueue(task, **whose)
    enqueue(task, **other)
    db.session.commit()
    worker = db.session.scalar(text("SELECT worker_id FROM procrastinate_register_worker_v1()"))
    fetch = text("SELECT args FROM procrastinate_fetch_job_v2(ARRAY[:queue]::varchar[], :worker)")
    first = [db.session.scalar(fetch, {"queue": QUEUE_OF[task].value, "worker": worker}) for _ in range(2)]
    assert first == [whose, other]

"""Section resume: from paying a top-up to the platform knowing that calls can start again."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import psycopg

from app.billing import topups
from app.billing.audit import OPERATOR
from app.billing.cards import payment_methods
from app.extensions import db
from app.money import Money
from app.queues import QUEUE_OF
from benchmarks.figures import Figure
from benchmarks.receiving import Receiver, receiving, slowest
from benchmarks.stage import an_organization, conninfo
from demo import samples
from dev.errors import ToolError

ROUNDS = 8
WAITING = 10_000
"""Jobs of another organization that wait in the queue for payments; none of them has anything to do."""
_FILL = """
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args)
SELECT %(queue)s, %(task)s, -least(place, 200), jsonb_build_object('org_id', %(org_id)s::text)
FROM generate_series(0, %(count)s - 1) AS place"""
_LEFT = """
SELECT count(*) FROM procrastinate_jobs
WHERE status = 'todo' AND task_name = %(task)s AND args ->> 'org_id' = %(org_id)s::text"""
_EMPTY = """
DELETE FROM procrastinate_jobs
WHERE status = 'todo' AND task_name = %(task)s AND args ->> 'org_id' = %(org_id)s::text"""


def measure(environment: Mapping[str, str]) -> Iterator[Figure]:
    """Top-ups of paused organizations, paid at the stand-in and told by the demo's own worker."""
    with receiving(environment) as receiver:
        seconds = [_seconds_to_resume(receiver) for _ in range(ROUNDS)]
        yield slowest("resume", "top-up paid to calling.resumed delivered", seconds)
        with psycopg.connect(conninfo(environment), autocommit=True) as owner:
            busy: dict[str, Any] = {"org_id": an_organization("Busy").id, "task": "top_up_automatically"}
            owner.execute(_FILL, busy | {"queue": QUEUE_OF[busy["task"]].value, "count": WAITING})
            seconds = [_seconds_to_resume(receiver) for _ in range(ROUNDS)]
            left = owner.execute(_LEFT, busy).fetchone()
            owner.execute(_EMPTY, busy)
    if not left or not left[0]:
        raise ToolError("The jobs that should wait before a top-up were done before it was paid.")
    yield slowest("resume", f"the same behind {WAITING:,} jobs of another organization", seconds)


def _seconds_to_resume(receiver: Receiver) -> float:
    organization = an_organization("Paused")
    customer = payment_methods.customer_of(organization, email=None)
    card = samples.attach_card("pm_card_visa", customer, expires=date(2040, 12, 1))
    method = payment_methods.record(organization, card, OPERATOR)
    top_up = topups.begin(organization, Money.parse("50", organization.currency), method.id, OPERATOR)
    db.session.commit()
    began = time.perf_counter()
    topups.pay(organization, top_up.id, method.id, OPERATOR)
    db.session.commit()
    receiver.wait_for("calling.resumed", organization.id)
    return time.perf_counter() - began

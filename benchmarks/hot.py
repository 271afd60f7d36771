"""Section hot: usage of one organization by two processes at a time, beside one.

By the clock, since two processes share a wallet's lock and not its CPU: one and two take turns, round by round.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from statistics import median
from uuid import UUID

from app.ids import uuid7
from app.people.tokens import Scope
from benchmarks.figures import Figure
from benchmarks.rounds import ROUNDS, Caller
from benchmarks.stage import a_token, an_organization, application, inside, usage_events

BATCH = 1_000
BATCHES = 8
"""Of each process in a round."""
LEAST_TIMES = 1.3
_callers: list[Caller] = []


def measure(environment: Mapping[str, str]) -> Iterator[Figure]:
    """Events a second of both together, in ratio to those of one."""
    with inside(application(environment)):
        org_id = an_organization("Hot").id
        token = a_token(Scope.USAGE_WRITE)
    context = multiprocessing.get_context("spawn")
    rates: dict[int, list[float]] = {1: [], 2: []}
    with ProcessPoolExecutor(2, context, _start, (dict(environment), token)) as processes:
        _rate(processes, org_id, 2)
        for _ in range(ROUNDS):
            for count, found in rates.items():
                found.append(_rate(processes, org_id, count))
    ratios = tuple(two / one for one, two in zip(rates[1], rates[2], strict=True))
    yield Figure(
        section="hot",
        what=f"usage of one organization, batches of {BATCH:,}, two processes",
        measured=f"{median(rates[2]):,.0f} events/s ({median(ratios):.2f} times one)",
        floor=f"{median(rates[1]):,.0f} events/s by one process",
        goal=f"at least {LEAST_TIMES:g} times",
        met=median(ratios) >= LEAST_TIMES,
        rounds=ratios,
        more_is_better=True,
    )


def _start(environment: Mapping[str, str], token: str) -> None:
    app = application({**environment, "API_REQUESTS_PER_MINUTE": "10000000"})
    _callers.append(Caller(app, {"Authorization": f"Bearer {token}"}))


def _rate(processes: ProcessPoolExecutor, org_id: UUID, count: int) -> float:
    began = time.perf_counter()
    list(processes.map(_report, [org_id] * count))
    return count * BATCHES * BATCH / (time.perf_counter() - began)


def _report(org_id: UUID) -> None:
    for _ in range(BATCHES):
        body = usage_events(uuid7(), [org_id], BATCH)
        _callers[0].asks("POST", "/usage", body, media_type="application/cloudevents-batch+json")()

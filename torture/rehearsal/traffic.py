"""Calls over the API and people on the pages, with each request timed, and each failure noted by its name."""

from __future__ import annotations

import itertools
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3

from demo.simulator import workload
from demo.simulator.calls import UnexpectedAnswerError
from demo.simulator.client import Client, UnreachableError
from demo.simulator.reporting import RefusedError
from demo.simulator.tally import Tally
from demo.simulator.workload import Score
from torture.journal import Journal
from torture.stage import Company, Person

SCORE = {"lines": 1, "seconds": None, "speed": 60.0, "between": 0.5, "report_every": 0.5, "ask_every": 1.0}
PAGES = (
    "/billing",
    "/billing/wallet",
    "/billing/wallet/history.csv",
    "/billing/payment-methods",
    "/billing/change-plan",
    "/workplace/invoices",
    "/billing/activity",
)
_PAUSE = 0.3
_SERVER_ERROR = 500


@dataclass
class Phase:
    """What was asked while something went on: seconds of each request by name, and what failed. `waits` are the locks
    that were waited for in the database."""

    name: str
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: list[str] = field(default_factory=list)
    waits: str = ""

    @property
    def requests(self) -> int:
        return sum(map(len, self.seconds.values()))

    @property
    def slowest(self) -> tuple[float, str]:
        """Seconds, and the name of the request."""
        return max(((max(found), name) for name, found in self.seconds.items()), default=(0.0, "none"))


class Figures:
    """Written by many threads; `begin` a phase, and what ends from then on is part of it. `waits` says what was
    waited for since it was asked last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.phases: list[Phase] = []
        self.waits: Callable[[], str] = lambda: ""

    def begin(self, name: str) -> None:
        print(f"{time.strftime('%H:%M:%S')} {name}", flush=True)
        waits = self.waits()
        with self._lock:
            if self.phases:
                self.phases[-1].waits = waits
            self.phases.append(Phase(name))

    def end(self) -> None:
        """The last phase is over."""
        self.phases[-1].waits = self.waits()

    def answered(self, name: str, seconds: float, status: int | None) -> None:
        """A request ended; `status` is None where it got no answer."""
        with self._lock:
            phase = self.phases[-1]
            phase.seconds[name].append(seconds)
            if status is None or status >= _SERVER_ERROR:
                phase.failures.append(f"{name}: {status or 'no answer'}")


class Turns:
    """The addresses that requests go to, one after the other, as behind a proxy."""

    def __init__(self, *addresses: str) -> None:
        self._next = itertools.cycle(addresses)

    def go_to(self, *addresses: str) -> None:
        self._next = itertools.cycle(addresses)

    def __next__(self) -> str:
        return next(self._next)


class Pool(urllib3.PoolManager):
    """The simulator's connections: each request to the next address, timed."""

    def __init__(self, turns: Turns, figures: Figures) -> None:
        super().__init__(maxsize=64, retries=False)
        self._turns, self._figures = turns, figures

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> urllib3.BaseHTTPResponse:
        path = urlsplit(url).path
        began, status = time.monotonic(), None
        try:
            answer = super().request(method, f"{next(self._turns)}{url[url.index(path) :]}", *args, **kwargs)
            status = answer.status
            return answer
        finally:
            self._figures.answered(f"{method} {_general(path)}", time.monotonic() - began, status)


class Calls:
    """The platform's calls in a thread, until `stopping`; `tally` is what they count."""

    def __init__(
        self,
        client: Client,
        companies: Sequence[Company],
        seed: int,
        journal: Journal,
        stopping: threading.Event,
    ) -> None:
        self.tally = Tally()
        players = [company.player for company in companies]
        score = Score(**SCORE, seed=seed)  # type: ignore[arg-type]

        def run() -> None:
            try:
                workload.play(client, players, score, self.tally, stopping=stopping, say=lambda _: None)
            except (UnreachableError, UnexpectedAnswerError, RefusedError) as error:
                journal.found("calls ended", str(error))

        self.thread = threading.Thread(target=run, name="calls", daemon=True)


def read_pages(
    person: Person, turns: Turns, figures: Figures, journal: Journal, stopping: threading.Event
) -> threading.Thread:
    """Someone who reads one page after the other, each from the next address."""
    session = requests.Session()
    session.cookies.update(person.browser.session.cookies)

    def run() -> None:
        for path in itertools.cycle(PAGES):
            if stopping.wait(_PAUSE):
                return
            began, status = time.monotonic(), None
            try:
                answer = session.get(f"{next(turns)}{path}", timeout=45, allow_redirects=False)
                status = answer.status_code
                if status not in {200, 500, 502, 503, 504}:
                    journal.found("page answered", f"{path}: {status}")
            except requests.RequestException:
                pass
            figures.answered(f"GET {path}", time.monotonic() - began, status)

    return threading.Thread(target=run, name=f"pages of {person.email}", daemon=True)


def repeat(
    work: Callable[[], object], every: float, stopping: threading.Event, name: str
) -> threading.Thread:
    """Work that is done again and again; it handles its own errors."""

    def run() -> None:
        while not stopping.wait(every):
            work()

    return threading.Thread(target=run, name=name, daemon=True)


def client_of(address: str, token: str, turns: Turns, figures: Figures, chance: Random) -> Client:
    """The simulator's client; it waits for every answer."""
    return Client(address, token, patience=90, chance=chance, pool=Pool(turns, figures))


def _general(path: str) -> str:
    """A path without ids, keys and names."""
    return "/api/v1" + re.sub(r"/[^/]*\d[^/]*", "/…", path.removeprefix("/api/v1"))

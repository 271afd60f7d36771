"""Carrying out what the schedule says: each fault begins, lasts, and is ended again."""

from __future__ import annotations

import heapq
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count

from dev.errors import ToolError
from dev.waiting import until_answering
from torture.journal import Journal
from torture.network.links import Mode
from torture.system import System
from torture.topology import CLOCKS
from torture.trouble.schedule import Fault

End = Callable[[], None]
SHUTDOWNS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}
_FULL_FOR = 30
"""Seconds after a full disk in which PostgreSQL may have ended by itself."""


class Trouble:
    """Begins and ends faults, in the thread that started the programs, until it `is_over`."""

    def __init__(self, system: System, journal: Journal) -> None:
        self._system = system
        self._journal = journal
        self._ends: list[tuple[float, int, End]] = []
        self._number = count()
        self._full_until = 0.0
        self._down: set[str] = set()
        self._begin: dict[str, Callable[[Fault], End | None]] = {
            "kills": self._kill,
            "backends": self._kill_backend,
            "restarts": self._restart,
            "pauses": self._pause,
            "network": self._network,
            "disk": self._fill,
            "clocks": self._jump,
        }

    def run(self, schedule: Iterator[Fault], is_over: Callable[[], bool]) -> None:
        """One fault after the other; several last at the same time. In the end none does."""
        coming = next(schedule, None)
        due = time.monotonic() + (coming.after if coming else 0)
        while not is_over():
            if coming is not None and time.monotonic() >= due:
                self._make(coming)
                coming = next(schedule, None)
                due = time.monotonic() + (coming.after if coming else 0)
            self._end_those_until(time.monotonic())
            self._revive()
            time.sleep(0.05)
        self._end_those_until(float("inf"))
        self._revive()

    def _make(self, fault: Fault) -> None:
        end = self._begin[fault.kind](fault)
        kind = f"fault: {fault.kind}"
        if end is None:
            self._journal.happened(kind, "nothing there")
            return
        self._journal.happened(kind, fault.how or fault.target)
        heapq.heappush(self._ends, (time.monotonic() + fault.lasts, next(self._number), end))

    def _end_those_until(self, moment: float) -> None:
        while self._ends and self._ends[0][0] <= moment:
            heapq.heappop(self._ends)[2]()

    def _kill(self, fault: Fault) -> End | None:
        program, _, child = fault.target.partition(":")
        if not self._system.runs(program):
            return None
        if child:
            if not self._system.kill_child(program, fault.argument):
                return None
        else:
            self._system.kill(program)
            self._down.add(program)
        self._journal.killed(fault.target)
        return partial(self._start, program)

    def _kill_backend(self, fault: Fault) -> End | None:
        if not self._system.kill_child("postgres", fault.argument):
            return None
        self._journal.killed("postgres: one process")
        return _nothing

    def _restart(self, fault: Fault) -> End | None:
        if not self._system.runs("postgres"):
            return None
        self._system.end_postgres(SHUTDOWNS[fault.how])
        self._down.add("postgres")
        return partial(self._start, "postgres")

    def _pause(self, fault: Fault) -> End | None:
        paused = self._system.pause(fault.target)
        return None if paused is None else partial(self._system.resume, paused)

    def _network(self, fault: Fault) -> End:
        self._system.proxy.set(fault.target, Mode(fault.how), fault.argument)
        return partial(self._system.proxy.set, fault.target, Mode.OPEN)

    def _fill(self, _: Fault) -> End | None:
        disk = self._system.disk
        if disk is None or not disk.fill():
            return None
        self._full_until = float("inf")
        return self._free

    def _free(self) -> None:
        if self._system.disk is not None:
            self._system.disk.free()
        self._full_until = time.monotonic() + _FULL_FOR

    def _jump(self, fault: Fault) -> End | None:
        clocks = self._system.clocks
        if clocks is None:
            return None
        clocks.set(fault.target, fault.argument)
        return partial(clocks.set, fault.target, 0)

    def _start(self, program: str) -> None:
        self._down.discard(program)
        if self._system.runs(program):
            return
        try:
            self._system.start(program)
        except ToolError as error:
            if time.monotonic() > self._full_until:
                self._journal.found("does not start", str(error)[-1_500:])

    def _revive(self) -> None:
        """What ended by itself is a finding, and is started again; but for PostgreSQL on a full disk."""
        system = self._system
        for name in system.died():
            code = system.running[name].returncode
            self._journal.found(
                "ended by itself", f"{name}, with exit code {code}; its last words are in its log"
            )
            self._journal.note(f"{name} said last:\n{system.last_words(name)[-1_500:]}")
            system.kill(name)
            system.start(name)
        # A server that is down because of a fault is started by that fault's end; one on a full disk, once it isn't.
        if not system.runs("postgres") and "postgres" not in self._down and self._full_until < float("inf"):
            if time.monotonic() > self._full_until:
                self._journal.found("ended by itself", "postgres; its last words are in its log")
            self._start("postgres")


def until_up(system: System, seconds: float) -> bool:
    """Whether all that serves is ready in time."""
    end = time.monotonic() + seconds
    return all(until_answering(address, seconds=max(0.1, end - time.monotonic())) for address in system.ready)


def calm(system: System) -> None:
    """Whatever lasted: clocks are right, and every link is open."""
    system.proxy.open_all()
    for name in CLOCKS if system.clocks is not None else ():
        assert system.clocks is not None
        system.clocks.set(name, 0)


def _nothing() -> None:
    """A fault that ends by itself."""

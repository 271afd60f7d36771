"""Faults begin, last and end: in the end nothing does any more, and what ended by itself was found and started again."""

from __future__ import annotations

import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from torture.journal import Journal
from torture.network.links import Mode
from torture.trouble.faults import Trouble
from torture.trouble.schedule import Fault


class Recorded:
    """A system of which it is only written down what was done to it. It is its own proxy, clocks and disk, too."""

    def __init__(self) -> None:
        self.done: list[tuple[Any, ...]] = []
        self.up = {"postgres", "web", "worker"}
        self.proxy = self.clocks = self.disk = self

    def runs(self, name: str) -> bool:
        return name in self.up

    def start(self, name: str) -> None:
        self.up.add(name)
        self.done.append(("start", name))

    def kill(self, name: str) -> None:
        self.up.discard(name)
        self.done.append(("kill", name))

    def kill_child(self, name: str, place: int) -> bool:
        self.done.append(("kill child", name, place))
        return True

    def end_postgres(self, how: signal.Signals) -> None:
        self.up.discard("postgres")
        self.done.append(("end", how.name))

    def pause(self, name: str) -> str:
        self.done.append(("pause", name))
        return name

    def resume(self, paused: str) -> None:
        self.done.append(("resume", paused))

    def set(self, *what: Any) -> None:
        self.done.append(("set", *what))

    def fill(self) -> bool:
        self.up.discard("postgres")  # as it does where its log can't be written
        self.done.append(("fill",))
        return True

    def free(self) -> None:
        self.done.append(("free",))

    def died(self) -> list[str]:
        return []

    def log_of(self, name: str) -> Path:
        return Path(name)


def run(faults: Iterable[Fault], system: Recorded) -> Journal:
    """Until all were made, in as many turns."""
    journal, left = Journal(), list(faults)
    turns = iter(range(len(left)))
    Trouble(system, journal).run(iter(left), lambda: next(turns, None) is None)  # type: ignore[arg-type]
    return journal


def test_each_fault_ends_again() -> None:
    system = Recorded()
    faults = [
        Fault("kills", "web", lasts=900),
        Fault("kills", "web: one process", argument=3),
        Fault("kills", "worker", lasts=900),
        Fault("restarts", "postgres", "immediate", lasts=900),
        Fault("backends", "postgres", argument=4),
        Fault("pauses", "stripe", lasts=900),
        Fault("network", "web-stripe", "deaf", lasts=900),
        Fault("clocks", "api", "jumps", 60, lasts=900),
    ]
    journal = run(faults, system)
    assert ("kill child", "web", 3) not in system.done  # it was down
    assert system.done.index(("kill", "web")) < system.done.index(("start", "web"))
    assert ("end", "SIGQUIT") in system.done
    assert system.done.index(("pause", "stripe")) < system.done.index(("resume", "stripe"))
    for_the_link = [one for one in system.done if one[:2] == ("set", "web-stripe")]
    assert for_the_link == [("set", "web-stripe", Mode.DEAF, 0), ("set", "web-stripe", Mode.OPEN)]
    assert [one for one in system.done if one[:2] == ("set", "api")] == [
        ("set", "api", 60),
        ("set", "api", 0),
    ]
    assert system.up == {"postgres", "web", "worker"}
    assert journal.killed_so_far == 3
    assert journal.findings == []


def test_a_database_on_a_full_disk_may_end_and_is_started_once_there_is_room() -> None:
    system = Recorded()
    journal = run([Fault("disk", "postgres", "full", lasts=900)], system)
    assert system.done == [("fill",), ("free",), ("start", "postgres")]
    assert journal.findings == []


def test_a_database_that_ends_by_itself_is_found_and_started() -> None:
    system = Recorded()
    system.up.discard("postgres")
    journal = run([Fault("pauses", "web")], system)
    assert ("start", "postgres") in system.done
    assert [finding.kind for finding, _ in journal.findings] == ["ended by itself"]

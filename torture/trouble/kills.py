"""kill -9 of any program, again and again, each time started again."""

from __future__ import annotations

import threading
import time
from random import Random

from dev.waiting import until_answering
from torture.journal import Journal
from torture.system import PROGRAMS, System

CHILDREN = ("web",)
"""Programs of which one process alone is killed, too: its parent replaces it."""


def kill_until(
    end: float, every: int, system: System, chance: Random, journal: Journal, stopping: threading.Event
) -> None:
    """Kill something every so many seconds until `end` (monotonic). In the thread that started the programs."""
    next_kill = time.monotonic() + every
    while time.monotonic() < end and not stopping.is_set():
        if every and time.monotonic() >= next_kill:
            _kill_one(system, chance, journal)
            next_kill = time.monotonic() + every
        _revive(system, journal)
        time.sleep(0.2)


def _kill_one(system: System, chance: Random, journal: Journal) -> None:
    name = chance.choice([*PROGRAMS, *(f"{one}: one process" for one in CHILDREN)])
    program, _, child = name.partition(":")
    if child:
        if system.kill_child(program, chance.randrange(100)):
            journal.killed(name)
        return
    system.kill(program)
    journal.killed(name)
    time.sleep(chance.uniform(0, 2))
    system.start(program)


def _revive(system: System, journal: Journal) -> None:
    """What ended by itself is a finding, and is started again."""
    for name in system.died():
        code = system.running[name].returncode
        journal.found("ended by itself", f"{name}, with exit code {code}; its last words are in its log")
        journal.note(f"{name} said last:\n{system.log_of(name).read_text(errors='replace')[-1_500:]}")
        system.kill(name)
        system.start(name)


def until_up(system: System, seconds: float) -> bool:
    """Whether the pages are ready in time."""
    return until_answering(f"{system.address}/readyz", seconds=seconds)

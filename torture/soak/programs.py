"""What each program takes of the machine, as Linux tells: memory, open files, threads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from torture.system import System

PROC = Path("/proc")
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Taken:
    """Of a program with all its processes. `memory` is in MiB; a page that several share counts in parts for each.
    `shared` is that of PostgreSQL's buffers, which fill up to `shared_buffers`."""

    memory: float
    shared: float
    files: int
    threads: int


def read(system: System) -> dict[str, Taken]:
    """By the program's name; one that isn't there is left out."""
    roots = {name: process.pid for name, process in system.running.items()}
    if system.cluster.process is not None:
        roots["postgres"] = system.cluster.process.pid
    found = {name: [_read(pid) for pid in family(root)] for name, root in roots.items()}
    return {
        name: Taken(
            sum(one.memory for one in taken),
            sum(one.shared for one in taken),
            sum(one.files for one in taken),
            sum(one.threads for one in taken),
        )
        for name, taken in found.items()
        if taken
    }


def family(pid: int) -> Iterator[int]:
    """A process and all that it has started."""
    yield pid
    with suppress(OSError):
        for task in (PROC / str(pid) / "task").iterdir():
            for child in (task / "children").read_text().split():
                yield from family(int(child))


def _read(pid: int) -> Taken:
    folder = PROC / str(pid)
    try:
        mapped = (folder / "smaps_rollup").read_text()
        shared = _field(mapped, "Pss_Shmem:") / 1024
        memory = _field(mapped, "Pss:") / 1024 - shared
        threads = round(_field((folder / "status").read_text(), "Threads:"))
        return Taken(memory, shared, len(list((folder / "fd").iterdir())), threads)
    except OSError:  # it has just ended
        return Taken(0.0, 0.0, 0, 0)


def _field(text: str, name: str) -> float:
    return next((float(line.split()[1]) for line in text.splitlines() if line.startswith(name)), 0.0)

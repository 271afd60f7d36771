"""Which faults come, in what order, and for how long: planned by chance alone, whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from random import Random

from torture.network.links import Mode
from torture.topology import CLOCKS, LINKS, PROGRAMS, WITH_CHILDREN


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: what `kind`, to whom or to which link (`target`), `how` and with what `argument`. It begins so many
    seconds `after` the one before it, and `lasts` so many."""

    kind: str
    target: str
    how: str = ""
    argument: int = 0
    after: float = 0
    lasts: float = 0


def plan(chance: Random, kinds: Collection[str], every: float) -> Iterator[Fault]:
    """Faults of these kinds, without an end; none where no kind is any of ours. `every` is in seconds, on average."""
    known = [kind for kind in _KINDS if kind in kinds]
    weights = [_KINDS[kind][1] for kind in known]
    while known:
        make = _KINDS[chance.choices(known, weights)[0]][0]
        yield make(chance, chance.uniform(0.3, 1.7) * every)


def _kill(chance: Random, after: float) -> Fault:
    target = chance.choice([*PROGRAMS, *(f"{one}: one process" for one in WITH_CHILDREN)])
    return Fault("kills", target, argument=chance.randrange(100), after=after, lasts=chance.uniform(0, 2))


def _backend(chance: Random, after: float) -> Fault:
    return Fault("backends", "postgres", argument=chance.randrange(1_000), after=after)


def _restart(chance: Random, after: float) -> Fault:
    how = chance.choice(["fast", "immediate"])
    return Fault("restarts", "postgres", how, after=after, lasts=chance.uniform(0, 2))


def _pause(chance: Random, after: float) -> Fault:
    target = chance.choice([name for name in PROGRAMS if name != "postgres"])
    # Longer than a worker may be silent before its jobs are given to another, now and then.
    lasts = chance.choice([1.0, 3.0, 8.0, 45.0])
    return Fault("pauses", target, after=after, lasts=lasts)


def _network(chance: Random, after: float) -> Fault:
    mode = chance.choice([Mode.CUT, Mode.SILENT, Mode.DEAF, Mode.SLOW, Mode.RESETS])
    argument = {Mode.SLOW: chance.choice([5, 50, 300]), Mode.RESETS: chance.choice([50, 500, 5_000])}
    lasts = chance.choice([0.3, 2.0, 6.0]) if mode in {Mode.CUT, Mode.RESETS} else chance.uniform(1, 12)
    return Fault("network", chance.choice(LINKS), mode.value, argument.get(mode, 0), after, lasts)


def _disk(chance: Random, after: float) -> Fault:
    return Fault("disk", "postgres", "full", after=after, lasts=chance.uniform(1, 6))


def _clock(chance: Random, after: float) -> Fault:
    target = chance.choice(CLOCKS)
    # Everything is dated by the database's clock: further than a minute would be another month for all, at times.
    seconds = [-60, -7, 20, 60] if target == "postgres" else [-86_400, -3_600, -60, 60, 3_600, 86_400]
    return Fault("clocks", target, "jumps", chance.choice(seconds), after, chance.choice([0.2, 3.0, 15.0]))


_KINDS: dict[str, tuple[Callable[[Random, float], Fault], int]] = {
    "kills": (_kill, 9),
    "backends": (_backend, 3),
    "restarts": (_restart, 2),
    "pauses": (_pause, 2),
    "network": (_network, 8),
    "disk": (_disk, 1),
    "clocks": (_clock, 3),
}
"""Each with how often it is chosen, beside the others."""

"""What is wanted, from the environment."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from dev.errors import ToolError

OPERATIONS, KILLS = 100_000, 100
FAULTS = (
    "kills",
    "backends",
    "restarts",
    "pauses",
    "network",
    "disk",
    "clocks",
    "stripe",
    "receivers",
    "people",
)
"""What goes wrong: kill -9 of programs and of single web processes; of PostgreSQL's processes; PostgreSQL restarted,
fast and immediately; programs that stand still; the network between two programs; the database's disk full; clocks
that jump; Stripe failing; receivers that are slow or refuse; people with slow connections."""
SETTLES = 15 * 60
"""Stripe answers with the same failure to a key that it has failed once, so a payment whose first answer was a 500 is
asked for until it is too old to be sent: ten minutes, and one more where the database's clock was ahead when it was
begun. Then the next sweep gives it up, or the job that failed meanwhile, a minute later (docs/operations.md)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Until `operations` were done and `kills` made, or for `seconds` where those are given; with what `seed`.

    `every` is about how many tenths of a second after a fault the next one begins, `lines` how many threads of the
    platform work at full speed, and `settle_seconds` how long everything may take to come to rest in the end.
    """

    operations: int
    kills: int
    seconds: int | None
    seed: int
    faults: frozenset[str]
    every: int
    lines: int
    settle_seconds: int

    def chance(self, name: str) -> Random:
        """What someone of this name decides by, whatever the others do."""
        return Random(f"{self.seed}:{name}")

    def is_done(self, operations: int, kills: int, seconds: float) -> bool:
        """Whether that was all."""
        if self.seconds is not None:
            return seconds >= self.seconds
        return operations >= self.operations and kills >= self.kills

    @property
    def settings(self) -> str:
        """What repeats it."""
        length = (
            f"TORTURE_SECONDS={self.seconds}"
            if self.seconds is not None
            else f"TORTURE_OPERATIONS={self.operations} TORTURE_KILLS={self.kills}"
        )
        faults = "" if self.faults == set(FAULTS) else f" TORTURE_FAULTS={','.join(sorted(self.faults))}"
        return f"TORTURE_SEED={self.seed} {length}{faults}"


def read(environ: Mapping[str, str] | None = None) -> Plan:
    """Raises `ToolError` for a setting that is no whole number, and for a fault that there isn't."""
    env = os.environ if environ is None else environ
    operations = _number(env, "TORTURE_OPERATIONS", OPERATIONS)
    faults = _faults(env)
    kills = _number(env, "TORTURE_KILLS", operations * KILLS // OPERATIONS)
    return Plan(
        operations=operations,
        kills=kills if faults & {"kills", "backends"} else 0,
        seconds=_number(env, "TORTURE_SECONDS", 0) if env.get("TORTURE_SECONDS") else None,
        seed=_number(env, "TORTURE_SEED", secrets.randbelow(1_000_000)),
        faults=faults,
        every=_number(env, "TORTURE_EVERY", 30),
        lines=_number(env, "TORTURE_LINES", 4),
        settle_seconds=_number(env, "TORTURE_SETTLE_SECONDS", SETTLES),
    )


def _faults(env: Mapping[str, str]) -> frozenset[str]:
    named = {one.strip() for one in env.get("TORTURE_FAULTS", "").split(",") if one.strip()}
    if unknown := named - {*FAULTS, "none"}:
        raise ToolError(
            f"TORTURE_FAULTS names {', '.join(sorted(unknown))}. There are {', '.join(FAULTS)}, and none."
        )
    return frozenset(named - {"none"}) if named else frozenset(FAULTS)


def _number(env: Mapping[str, str], setting: str, default: int) -> int:
    text = env.get(setting) or str(default)
    if not text.isdecimal():
        raise ToolError(f"{setting} must be a whole number, not {text!r}.")
    return int(text)

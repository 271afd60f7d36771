"""What is wanted, from the environment."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from dev.errors import ToolError

HOUR = 3_600
SETTLES = 13 * 60
"""Stripe answers with the same failure to a key that it has failed once, so a payment whose first answer was a 500 is
asked for until it is too old to be sent: ten minutes. Then the next sweep gives it up."""


@dataclass(frozen=True, slots=True)
class Plan:
    """For how many `seconds`, with what `seed`, and every how many seconds a program is killed (0: never).

    `settle_seconds` is how long everything may take to come to rest in the end.
    """

    seconds: int
    seed: int
    kill_every: int
    settle_seconds: int

    def chance(self, name: str) -> Random:
        """What someone of this name decides by, whatever the others do."""
        return Random(f"{self.seed}:{name}")


def read(environ: Mapping[str, str] | None = None) -> Plan:
    """Raises `ToolError` for a setting that is no whole number."""
    env = os.environ if environ is None else environ
    return Plan(
        seconds=_number(env, "TORTURE_SECONDS", HOUR),
        seed=_number(env, "TORTURE_SEED", secrets.randbelow(1_000_000)),
        kill_every=_number(env, "TORTURE_KILL_EVERY", 20),
        settle_seconds=_number(env, "TORTURE_SETTLE_SECONDS", SETTLES),
    )


def _number(env: Mapping[str, str], setting: str, default: int) -> int:
    text = env.get(setting) or str(default)
    if not text.isdecimal():
        raise ToolError(f"{setting} must be a whole number, not {text!r}.")
    return int(text)

"""What is wanted, from the environment."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from dev.errors import ToolError


@dataclass(frozen=True, slots=True)
class Plan:
    """How many `transfers` there are, how many of the newest `migrations` are new, the `version` before (a commit;
    empty for the last one without these migrations), for how many `seconds` each phase lasts,
    and how many `failovers` there are."""

    transfers: int
    migrations: int
    version: str
    seconds: int
    failovers: int
    settle_seconds: int
    seed: int

    def chance(self, name: str) -> Random:
        """What someone of this name decides by, whatever the others do."""
        return Random(f"{self.seed}:{name}")


def read(environ: Mapping[str, str] | None = None) -> Plan:
    """Raises `ToolError` for a setting that is no whole number."""
    env = os.environ if environ is None else environ
    return Plan(
        transfers=_number(env, "REHEARSAL_TRANSFERS", 100_000),
        migrations=max(_number(env, "REHEARSAL_MIGRATIONS", 1), 1),
        version=env.get("REHEARSAL_VERSION", ""),
        seconds=_number(env, "REHEARSAL_SECONDS", 20),
        failovers=_number(env, "REHEARSAL_FAILOVERS", 3),
        settle_seconds=_number(env, "REHEARSAL_SETTLE_SECONDS", 180),
        seed=_number(env, "REHEARSAL_SEED", secrets.randbelow(1_000_000)),
    )


def _number(env: Mapping[str, str], setting: str, default: int) -> int:
    text = env.get(setting) or str(default)
    if not text.isdecimal():
        raise ToolError(f"{setting} must be a whole number, not {text!r}.")
    return int(text)

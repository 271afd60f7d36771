"""What is wanted, from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from dev.errors import ToolError


@dataclass(frozen=True, slots=True)
class Plan:
    """For how many `hours`, with a sample every so many seconds. `lines` are calls at the same time of each
    organization, `speed` is how many seconds of a call pass in one, `between` how many seconds a line rests."""

    hours: float
    every: float
    lines: int
    speed: float
    between: float
    warm_up: float
    seed: int

    @property
    def seconds(self) -> float:
        return self.hours * 3_600


def read(environ: Mapping[str, str] | None = None) -> Plan:
    """Raises `ToolError` for a setting that is no number above zero."""
    env = os.environ if environ is None else environ
    return Plan(
        hours=_number(env, "SOAK_HOURS", 8),
        every=_number(env, "SOAK_SAMPLE_SECONDS", 60),
        lines=round(_number(env, "SOAK_LINES", 2)),
        speed=_number(env, "SOAK_SPEED", 20),
        between=_number(env, "SOAK_BETWEEN", 2),
        warm_up=_number(env, "SOAK_WARM_UP_SECONDS", 180),
        seed=round(_number(env, "SOAK_SEED", 1)),
    )


def _number(env: Mapping[str, str], setting: str, default: float) -> float:
    text = env.get(setting) or str(default)
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found < float("inf"):
        raise ToolError(f"{setting} must be a number above zero, not {text!r}.")
    return found

"""How many examples the tests generate that look for what no one thought of."""

from __future__ import annotations

import os

CASES = "TEST_CASES"
"""Which cases run (`tests.support.representatives`)."""
FEWER = 3
"""`make test` looks at so many times fewer."""


def examples(name: str, usual: int, *, least: int = 1) -> int:
    """The number of examples: what the environment says under this name, or the usual one. In `make test` fewer, but
    not less than the test needs to come to all that it looks for."""
    chosen = os.environ.get(name)
    if chosen:
        return int(chosen)
    return max(least, usual // FEWER) if os.environ.get(CASES) == "representative" else usual

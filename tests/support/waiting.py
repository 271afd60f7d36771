"""Waiting for what other processes and threads do."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 120
"""Seconds after which what is waited for won't come. Nothing is slow enough to need them, on a busy machine either."""
_PAUSE = 0.02


def wait_until(is_so: Callable[[], object], otherwise: str) -> None:
    """Return once `is_so()` is true. Fails after `PATIENCE` with what to say `otherwise`."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, otherwise
        time.sleep(_PAUSE)

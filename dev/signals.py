"""Being asked to end: Ctrl-C, a plain kill, a closed terminal all mean the same."""

from __future__ import annotations

import signal
from types import FrameType

ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def end_on_signals() -> None:
    """Raise `KeyboardInterrupt` in the main thread at the first request to end, and ignore the ones after it.

    A program that ends then ends in order; what doesn't end by itself is killed after a while anyway.
    """
    for number in ASKING:
        signal.signal(number, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    for number in ASKING:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt

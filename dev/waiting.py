"""Waiting until a server answers."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable


def until_answering(
    address: str, *, seconds: float = 60, give_up: Callable[[], bool] = lambda: False
) -> bool:
    """Whether the address answered with a status below 400 in time.

    `give_up` is asked between the tries; when it says true, waiting ends immediately.
    """
    end = time.monotonic() + seconds
    while not give_up() and time.monotonic() < end:
        if _answers(address):
            return True
        time.sleep(0.1)
    return False


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as response:  # noqa: S310 - an address of our own
            return int(response.status) < 400
    except (urllib.error.URLError, OSError):
        return False

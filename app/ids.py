"""Ids that sort by time: UUIDs of version 7, dated by the database's clock."""

from __future__ import annotations

import secrets
from datetime import datetime
from threading import Lock
from uuid import UUID

from app.clock import TOLERATED, clock

_RANDOM_BITS = 74
_STEP_BITS = 32
_AHEAD = int(TOLERATED.total_seconds() * 1000)


class Ids:
    """Version 7 UUIDs, each greater than the one before (RFC 9562, section 6.2, method 2).

    A library's would use the process's own clock, which isn't used here (`app.clock`).
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._last = 0

    def next(self) -> UUID:
        """The next id: 48 bits of milliseconds since 1970, then 74 random ones.

        Within a millisecond, or if the clock was set back a little, it is a random step beyond the last one. If the
        clock was too far ahead, the sequence starts over from the correct time.
        """
        now = clock.milliseconds()
        value = now << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
        with self._lock:
            if value <= self._last and self._last >> _RANDOM_BITS <= now + _AHEAD:
                value = self._last + 1 + secrets.randbits(_STEP_BITS)
            self._last = value
        return _as_uuid(value)


def _as_uuid(value: int) -> UUID:
    """Put the version and the variant between the bits (section 5.7)."""
    milliseconds, random = value >> _RANDOM_BITS & (1 << 48) - 1, value & (1 << _RANDOM_BITS) - 1
    high, low = random >> 62, random & (1 << 62) - 1
    return UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0x2 << 62 | low)


def uuid7_floor(at: datetime) -> UUID:
    """The smallest id of a moment: what was made from then on sorts at or after it."""
    return _as_uuid(int(at.timestamp() * 1000) << _RANDOM_BITS)


uuid7 = Ids().next

"""Ids that sort by time: UUIDs of version 7, dated by the database's clock."""

from __future__ import annotations

from datetime import datetime
from itertools import accumulate
from os import urandom
from threading import Lock
from uuid import UUID

from app.clock import TOLERATED, clock

_RANDOM_BITS = 74
_FIRST_BYTES = 10
_STEP_BYTES = 4
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
        return UUID(int=_with_version(self._next(1)[0]))

    def texts(self, count: int) -> list[str]:
        """So many next ids as 32 hexadecimal digits, which PostgreSQL reads as a `uuid`: for rows by the thousand."""
        return [f"{_with_version(value):032x}" for value in self._next(count)]

    def _next(self, count: int) -> list[int]:
        now = clock.milliseconds()
        random = memoryview(urandom(_FIRST_BYTES + _STEP_BYTES * count))
        value = now << _RANDOM_BITS | int.from_bytes(random[:_FIRST_BYTES]) >> -_RANDOM_BITS % 8
        steps = [
            int.from_bytes(random[start : start + _STEP_BYTES]) + 1
            for start in range(_FIRST_BYTES, len(random), _STEP_BYTES)
        ]
        with self._lock:
            if value <= self._last and self._last >> _RANDOM_BITS <= now + _AHEAD:
                value = self._last + steps[0]
            values = list(accumulate(steps[1:], initial=value))
            self._last = values[-1]
        return values


def _with_version(value: int) -> int:
    """Put the version and the variant between the bits (section 5.7)."""
    milliseconds, random = value >> _RANDOM_BITS & (1 << 48) - 1, value & (1 << _RANDOM_BITS) - 1
    high, low = random >> 62, random & (1 << 62) - 1
    return milliseconds << 80 | 0x7 << 76 | high << 64 | 0x2 << 62 | low


def uuid7_floor(at: datetime) -> UUID:
    """The smallest id of a moment: what was made from then on sorts at or after it."""
    return UUID(int=_with_version(int(at.timestamp() * 1000) << _RANDOM_BITS))


_ids = Ids()
uuid7 = _ids.next
uuid7_texts = _ids.texts

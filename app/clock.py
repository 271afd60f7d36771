"""The current time, by the database's clock, which all processes share.

Everything that is posted, claimed, leased or compared between processes is dated by one clock. Each transaction gets
the time when it begins (`app.database.transactions`), and from then on the process counts by its monotonic clock,
which is never adjusted. So a process with a wrong clock dates nothing wrong, and what one transaction has written is
never later than the current time of the next one, in any process.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

log = structlog.get_logger("billing.clock")

TOLERATED = timedelta(seconds=5)
"""The tolerated difference between a process's own clock, which dates logs, cookies, and signatures, and the
database's."""
_TOLD_EVERY = 60.0
"""Seconds between two log entries about a clock that is off."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time `at` of the database, and this process's monotonic clock at that moment."""

    at: datetime
    counted_from: float

    def now(self) -> datetime:
        """The database's time now, never later than its own clock."""
        return self.at + timedelta(seconds=time.monotonic() - self.counted_from)


class Clock:
    """The database's clock as this process knows it."""

    def __init__(self) -> None:
        self.ask: Callable[[], Moment | None] = lambda: None
        """The start of the current transaction, which it begins if necessary; None outside of the application. Set by
        `app.extensions`."""
        self.ahead = timedelta()
        """How far this process's own clock is ahead of the database's, as last seen."""
        self._newest: Moment | None = None
        self._epoch: float | None = None
        self._told_at = float("-inf")

    def sync(self, at: datetime) -> Moment:
        """Learn the database's time, and log a warning if this process's own clock is off."""
        counted_from = time.monotonic()
        self.ahead = process_time() - at
        self._newest = moment = Moment(at, counted_from)
        epoch = at.timestamp() - counted_from
        # A slow response makes the database's clock look behind: for ids, the fastest response counts.
        if self._epoch is None or not 0 < self._epoch - epoch < 1:
            self._epoch = epoch
        if abs(self.ahead) > TOLERATED and counted_from - self._told_at > _TOLD_EVERY:
            self._told_at = counted_from
            log.error("clock_is_off", seconds_ahead=round(self.ahead.total_seconds(), 1))
        return moment

    def about_now(self) -> datetime:
        """The database's time as far as it is known without a query: for code that must not begin a transaction."""
        return self._newest.now() if self._newest is not None else process_time()

    def milliseconds(self) -> int:
        """The same in milliseconds since 1970, for ids that sort by time."""
        since_1970 = time.time() if self._epoch is None else self._epoch + time.monotonic()
        return int(since_1970 * 1000)


clock = Clock()


def utc_now() -> datetime:
    """Now by the database's clock, aware and in UTC. Begins the session's transaction if none is running.

    Outside of the application it is the process's own clock.
    """
    moment = clock.ask()
    return moment.now() if moment is not None else process_time()


def process_time() -> datetime:
    """Now by this process's own clock, which must not date anything that other processes read."""
    return datetime.fromtimestamp(time.time(), UTC)


def what_is_off() -> str | None:
    """A warning if this process's own clock is too far from the database's; None if it is right."""
    if abs(clock.ahead) <= TOLERATED:
        return None
    seconds = clock.ahead.total_seconds()
    return (
        f"is {abs(seconds):,.0f} seconds {'ahead of' if seconds > 0 else 'behind'} the database's; "
        f"{TOLERATED.seconds} are allowed. Set the clocks of both machines by NTP."
    )


def zone_name(local: datetime) -> str:
    """What people call the zone of a local time: `EST`, and `UTC+05:45` where the time zone database has no letters
    for it (https://data.iana.org/time-zones/theory.html#abbreviations)."""
    name = local.tzname() or "UTC"
    if name[0].isalpha():
        return name
    return f"UTC{name[:3]}:{name[3:]}" if name[3:] else f"UTC{name}"

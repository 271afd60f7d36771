"""The current time, by the database's clock, which all processes share.

What is posted, claimed, leased or compared between processes is dated by one clock. Each transaction tells
its own time as it begins (`app.database.transactions`), and from there on the process counts by its monotonic
clock, which no one sets. So a process whose own clock is wrong dates nothing wrong, and what one transaction
has written is never later than what the next one, in whatever process, calls now.
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
"""Seconds between two lines of the log about a clock that is off."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When the database said that it is `at`, by this process's monotonic clock."""

    at: datetime
    counted_from: float

    def now(self) -> datetime:
        """The database's time now, never later than its own clock."""
        return self.at + timedelta(seconds=time.monotonic() - self.counted_from)


class Clock:
    """The database's clock as this process knows it."""

    def __init__(self) -> None:
        self.ask: Callable[[], Moment | None] = lambda: None
        """The moment at which the current transaction began, which it begins if need be; None where there is
        none to be had, outside of the application. Set by `app.extensions`."""
        self.ahead = timedelta()
        """How far this process's own clock is ahead of the database's, as last seen."""
        self._newest: Moment | None = None
        self._epoch: float | None = None
        self._told_at = float("-inf")

    def learn(self, at: datetime) -> Moment:
        """Take in what the database has just said, and say where this process's own clock is off."""
        counted_from = time.monotonic()
        self.ahead = process_time() - at
        self._newest = moment = Moment(at, counted_from)
        epoch = at.timestamp() - counted_from
        # An answer that came late makes the database's clock look behind: for ids the one that came soonest counts.
        if self._epoch is None or not 0 < self._epoch - epoch < 1:
            self._epoch = epoch
        if abs(self.ahead) > TOLERATED and counted_from - self._told_at > _TOLD_EVERY:
            self._told_at = counted_from
            log.error("clock_is_off", seconds_ahead=round(self.ahead.total_seconds(), 1))
        return moment

    def about_now(self) -> datetime:
        """The database's time as far as it is known without asking: for what comes before a transaction, or must not
        begin one."""
        return self._newest.now() if self._newest is not None else process_time()

    def milliseconds(self) -> int:
        """The same in milliseconds since 1970, for ids that sort by time."""
        since_1970 = time.time() if self._epoch is None else self._epoch + time.monotonic()
        return int(since_1970 * 1000)


clock = Clock()


def utc_now() -> datetime:
    """Now by the database's clock, aware and in UTC. It begins the session's transaction where none is running.

    Outside of the application it is the process's own clock.
    """
    moment = clock.ask()
    return moment.now() if moment is not None else process_time()


def process_time() -> datetime:
    """Now by this process's own clock, which dates nothing that others read."""
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

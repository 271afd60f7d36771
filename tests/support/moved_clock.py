"""A test clock: what time it is for the product, moved through weeks in seconds.

Everything that the product dates asks the database's clock (`app.clock`), so moving what that answers moves all of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.clock import Moment, clock, utc_now
from app.database.fast import connections


@dataclass(slots=True)
class MovedClock:
    """`ahead` is how much later it is than the database says."""

    ahead: timedelta

    def move_to(self, at: datetime) -> None:
        """Let it be this time."""
        self.ahead += at - utc_now()


@contextmanager
def moved_clock(at: datetime) -> Iterator[MovedClock]:
    """Let it be a time for the product from now on, in all threads of this process, and what it was in the end."""
    database, moved = clock.ask, MovedClock(timedelta())

    def ask() -> Moment | None:
        moment = database()
        return None if moment is None else Moment(moment.at + moved.ahead, moment.counted_from)

    clock.ask = ask
    try:
        # The fast path dates by what the database itself says.
        with connections.get().switched_off():
            moved.move_to(at)
            yield moved
    finally:
        clock.ask = database

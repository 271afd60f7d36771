"""How long a caller waits for Stripe: a page a few seconds in total, a job as long as it takes.

A page's payment that has no result by its deadline stays pending, and a job settles it with the same
idempotency key, so that what Stripe did in the meantime is found and not done twice.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass
class Deadline:
    """The time that a web request has for all its requests to Stripe, in seconds, counted from the first one.

    It has none (`busy`) when too many are already waiting for Stripe.
    """

    seconds: float
    busy: bool = False
    _until: float | None = field(default=None, init=False)

    def left(self) -> float:
        """Seconds that are left; never negative."""
        if self.busy:
            return 0.0
        now = time.monotonic()
        if self._until is None:
            self._until = now + self.seconds
        return max(self._until - now, 0.0)


current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)
"""The deadline of the current work; None if no one waits for it."""

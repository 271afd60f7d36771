"""How long the caller of Stripe can wait: a page for some seconds in all, a job for as long as it takes.

A page's payment that is not known when its patience ends stays pending, and a job settles it: with the same
idempotency key, so that what Stripe did meanwhile is found and not done twice.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass
class Patience:
    """What a request has left for all its questions to Stripe, in seconds; counted from the first of them.

    Where too many wait for Stripe already, it has none (`busy`).
    """

    seconds: float
    busy: bool = False
    _until: float | None = field(default=None, init=False)

    def left(self) -> float:
        """Seconds that are left, 0 at least."""
        if self.busy:
            return 0.0
        now = time.monotonic()
        if self._until is None:
            self._until = now + self.seconds
        return max(self._until - now, 0.0)


current: ContextVar[Patience | None] = ContextVar("patience", default=None)
"""That of the current work; None where no one waits for it."""

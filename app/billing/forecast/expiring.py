"""Credit that expires before it is used, as the forecast counts it: it is gone at its time, like spend.

Lots are used in their order, so how much of one expires depends on what is spent until then.
"""

from __future__ import annotations

from datetime import datetime

from app.billing.wallet.lots.left import LotsLeft


class Losses:
    """What expires while credit is spent in one way: asked of one moment after another."""

    def __init__(self, credit: LotsLeft) -> None:
        self.lost = 0
        self._left = [lot.left for lot in credit.lots]
        self._ends = [lot.expires_at for lot in credit.lots]
        self._ahead, self._drawn = credit.ahead, 0
        self._next = min((end for end in self._ends if end is not None), default=None)

    def until(self, at: datetime, spent: int) -> int:
        """How much has expired by then, in micro-units, if `spent` was spent until then."""
        while self._next is not None and self._next <= at:
            self._draw(spent + self._ahead)
            for place, end in enumerate(self._ends):
                if end == self._next:
                    self.lost += self._left[place]
                    self._left[place], self._ends[place] = 0, None
            self._next = min((end for end in self._ends if end is not None), default=None)
        return self.lost

    def _draw(self, spent: int) -> None:
        wanted = max(spent - self._drawn, 0)
        self._drawn += wanted
        for place, left in enumerate(self._left):
            part = min(left, wanted)
            self._left[place] -= part
            wanted -= part

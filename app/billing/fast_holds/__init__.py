"""Holds the fast way: reserved, renewed and ended in two messages to the database, one or many at a time.

The careful way (`app.billing.wallet.holds`) is the truth. This does the same where nothing but holds, their units of
allowances and the wallet's held credit has to change, and leaves everything else to it: expired leases and envelopes,
limits, guarded destinations, a change of the calling state, a watch that is crossed.
"""

from __future__ import annotations

from app.billing.fast_holds.carrying_out import Gate, carry_out
from app.billing.fast_holds.operations import Done, End, Operation, Outcome, Renew, Reserve, Wanted
from app.billing.fast_holds.rows import HoldRow

__all__ = [
    "Done",
    "End",
    "Gate",
    "HoldRow",
    "Operation",
    "Outcome",
    "Renew",
    "Reserve",
    "Wanted",
    "carry_out",
]

"""What top-ups and plan switches have in common: finding and locking their rows, and the outcome of a step.

Both have the same steps, and commit at the same points. `begin` records what is wanted, for review. `pay` (`confirm`
for a switch) claims it, commits, calls Stripe without a lock, and applies the result. `refresh` asks Stripe again,
`cancel` ends an unpaid purchase, and `recover` finishes what a killed process left behind.
"""

from __future__ import annotations

from app.billing.purchases.outcome import NotStartedError, Outcome
from app.billing.purchases.rows import Rows
from app.billing.purchases.times import FIRST_CHECK, RESEND_WITHIN, STALE_AFTER

__all__ = ["FIRST_CHECK", "RESEND_WITHIN", "STALE_AFTER", "NotStartedError", "Outcome", "Rows"]

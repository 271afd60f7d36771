"""What a top-up and a switch of plan have in common: how their rows are found and locked, and what came of a step.

Both go the same way, and commit at the same places. `begin` writes down what is wanted, for review. `pay` (of a
switch: `confirm`) claims it, commits, asks Stripe without a lock, and applies the answer. `refresh` asks again,
`cancel` ends what was not paid, and `recover` finishes what a killed process left.
"""

from __future__ import annotations

from app.billing.purchases.outcome import NotStartedError, Outcome
from app.billing.purchases.rows import Rows
from app.billing.purchases.times import FIRST_LOOK, LEFT_ALONE_FOR, RESEND_WITHIN

__all__ = ["FIRST_LOOK", "LEFT_ALONE_FOR", "RESEND_WITHIN", "NotStartedError", "Outcome", "Rows"]

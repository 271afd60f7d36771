"""What came of a step: of asking Stripe, and of applying what it says."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What came of applying an object of Stripe's: a payment, a refund, a dispute, a subscription."""

    NOT_OURS = "not_ours"
    UNCHANGED = "unchanged"
    CHANGED = "changed"

    @property
    def is_ours(self) -> bool:
        return self is not Outcome.NOT_OURS


class NotStartedError(Exception):
    """Stripe did nothing just now, and nothing was charged: the same purchase can be paid or confirmed again."""

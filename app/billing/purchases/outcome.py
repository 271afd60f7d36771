"""The outcome of calling Stripe, and of applying its objects."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """The outcome of applying an object of Stripe's: a payment, a refund, a dispute, a subscription."""

    NOT_OURS = "not_ours"
    UNCHANGED = "unchanged"
    CHANGED = "changed"

    @property
    def is_ours(self) -> bool:
        return self is not Outcome.NOT_OURS


class NotStartedError(Exception):
    """Stripe did nothing, and nothing was charged: the same purchase can be paid or confirmed again."""

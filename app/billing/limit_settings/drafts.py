"""A limit as someone wants it, and why it can't be set so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.models import LimitSubject, LimitWindow, SpendingLimit
from app.money import Money


class LimitSettingError(Exception):
    """A limit can't be set, changed or removed like this. Nothing was changed."""


class UnknownLimitError(LimitSettingError):
    """There is no such limit (any more)."""


class LimitExistsError(LimitSettingError):
    """There is another limit of the same kind for the same spend and window: `known`."""

    def __init__(self, known: UUID) -> None:
        super().__init__("There is already such a limit for the same spend and window.")
        self.known = known


class LimitChangedError(LimitSettingError):
    """Someone else changed the limit since it was read."""


class OwnersLimitError(LimitSettingError):
    """An owner set this limit, so the platform can't loosen or remove it. It can ask for more."""


class TooManyLimitsError(LimitSettingError):
    """The organization has as many limits as it can have."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A limit as it is wanted. Until `raised_until` it is `raised`, if both are given."""

    subject: LimitSubject
    name: str
    kind: LimitWindow
    stops: bool
    amount: Money
    raised: Money | None = None
    raised_until: datetime | None = None

    @classmethod
    def of(cls, row: SpendingLimit, currency: str) -> Draft:
        """A limit as it is set now."""
        raised = None if row.raised_micro is None else Money(row.raised_micro, currency)
        return cls(
            row.subject,
            row.name,
            row.window,
            row.stops,
            Money(row.amount_micro, currency),
            raised,
            row.raised_until,
        )

    def amount_at(self, at: datetime) -> Money:
        """The limit in force at a time."""
        if self.raised is not None and self.raised_until is not None and at < self.raised_until:
            return self.raised
        return self.amount

    def loosens(self, before: Draft, at: datetime) -> bool:
        """Whether it may allow more than the limit before, now or once raises are over, or counts something else."""
        if (self.subject, self.name, self.kind) != (before.subject, before.name, before.kind):
            return True
        if before.stops and not self.stops:
            return True
        was_raised_longer = (
            self.raised is not None
            and self.raised > before.amount
            and (before.raised is None or self.raised > before.raised or self._ends_after(before))
        )
        return self.amount > before.amount or self.amount_at(at) > before.amount_at(at) or was_raised_longer

    def _ends_after(self, before: Draft) -> bool:
        if self.raised_until is None or before.raised_until is None:
            return False
        return self.raised_until > before.raised_until

    def fill(self, row: SpendingLimit) -> None:
        """Set a row to it."""
        row.subject, row.name, row.window, row.stops = self.subject, self.name, self.kind, self.stops
        row.amount_micro = self.amount.micro
        row.raised_micro = self.raised.micro if self.raised is not None else None
        row.raised_until = self.raised_until if self.raised is not None else None

    def for_trail(self) -> dict[str, Any]:
        """As the audit trail keeps it."""
        return {
            "amount": str(self.amount.decimal),
            "stops": self.stops,
            "raised": str(self.raised.decimal) if self.raised is not None else None,
            "raised_until": self.raised_until.isoformat() if self.raised_until else None,
        }

"""What of the history is wanted."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum

from app.models import TransferKind


class KindSet(StrEnum):
    """Several kinds that are asked for together."""

    MONEY_IN = "money_in"
    RETURNED = "returned"  # refunds and disputes, with what reverses them


SETS = {
    KindSet.MONEY_IN: (TransferKind.TOP_UP, TransferKind.CREDIT, TransferKind.PROMOTION),
    KindSet.RETURNED: (
        TransferKind.REFUND,
        TransferKind.REFUND_REVERSAL,
        TransferKind.DISPUTE,
        TransferKind.DISPUTE_REVERSAL,
    ),
}
WITH_REVERSALS = {
    TransferKind.REFUND: (TransferKind.REFUND, TransferKind.REFUND_REVERSAL),
    TransferKind.DISPUTE: (TransferKind.DISPUTE, TransferKind.DISPUTE_REVERSAL),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What is wanted; days are of posting, in the organization's zone, both ends included.

    `kind` brings what reverses it. `group` is of usage. The names are those that usage was reported with, and only
    usage and its corrections have them; empty is what was reported without one.
    """

    kind: TransferKind | KindSet | None = None
    group: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    campaign: str | None = None
    agent: str | None = None
    number: str | None = None
    direction: str | None = None
    country: str | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) is not None for field in fields(self))

    @property
    def names(self) -> dict[str, str]:
        """The names that are asked for: usage is filtered by them event by event."""
        wanted = {name: getattr(self, name) for name in NAMES}
        return {name: value for name, value in wanted.items() if value is not None}

    @property
    def is_of_usage(self) -> bool:
        """Whether only usage can have what is asked for, so that it is read by day and group rather than by line."""
        return bool(self.names)

    @property
    def kinds(self) -> tuple[TransferKind, ...]:
        """The kinds of transfers that are wanted; empty for all. A group of usage is of usage only."""
        if self.kind is None:
            return (TransferKind.USAGE,) if self.group else ()
        if isinstance(self.kind, KindSet):
            return SETS[self.kind]
        return WITH_REVERSALS.get(self.kind, (self.kind,))

    @property
    def is_of_all(self) -> bool:
        """Whether all that happened on its days is wanted."""
        return self.kind is None and not self.group and not self.is_of_usage

    @property
    def is_by_day(self) -> bool:
        """Whether a day's usage is one line: where nothing of it is asked for by itself."""
        return not self.group and not self.is_of_usage

    @property
    def is_contradictory(self) -> bool:
        """Whether nothing can match: a group of what isn't usage."""
        return bool(self.group) and self.kind not in {None, TransferKind.USAGE}

    def within(self, first: date, last: date) -> Filters:
        """The same, of these days."""
        return replace(self, first_day=first, last_day=last)


NAMES = ("campaign", "agent", "number", "direction", "country")

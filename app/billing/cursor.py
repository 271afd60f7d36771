"""Where a page of a list ends, as its address says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of a list by time ends: a row's time and id, which no other has."""

    at: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC):%Y%m%dT%H%M%S.%f}-{self.id.hex}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """The cursor as an address has it; None where it makes no sense."""
        moment, _, rest = text.partition("-")
        try:
            return cls(datetime.strptime(moment, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC), UUID(hex=rest))
        except ValueError:
            return None

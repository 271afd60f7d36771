"""Where calls go: countries and ranges of numbers, each with a class of risk and the meter that prices calls there.

Numbers are in ITU-T E.164 (https://www.itu.int/rec/T-REC-E.164): of all prefixes that match, the longest counts. What
no prefix matches, and a country that isn't listed, is in the class `otherwise`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from app.money import Money

UNKNOWN = "unknown"
"""The key of the destination of numbers that no prefix matches."""


@dataclass(frozen=True, slots=True)
class DestinationClass:
    """A class of risk. An organization spends at most `hourly` on it in an hour (None: no ceiling); if it is
    `opened_by_owner`, an owner opens each country of it once."""

    key: str
    label: str
    hourly: Money | None
    opened_by_owner: bool

    @property
    def is_guarded(self) -> bool:
        """Whether a call there has to be checked at all."""
        return self.hourly is not None or self.opened_by_owner


@dataclass(frozen=True, slots=True)
class Destination:
    """A country by its two letters, or a range of numbers. `label` is empty for a country, whose name depends on the
    reader's language. Calls there are priced by the plan's rate of `meter`."""

    key: str
    label: str
    prefixes: tuple[str, ...]
    class_key: str
    meter: str


@dataclass(frozen=True, slots=True)
class Destinations:
    """All destinations and their classes, by key; none of either where the catalog has no destinations."""

    classes: dict[str, DestinationClass] = field(default_factory=dict)
    known: dict[str, Destination] = field(default_factory=dict)
    unknown: Destination | None = None
    by_prefix: dict[str, Destination] = field(default_factory=dict)

    def of_number(self, number: str) -> Destination | None:
        """Where a number is: `+` and its digits. None only without destinations."""
        digits = number.removeprefix("+")
        for length in range(min(len(digits), 15), 0, -1):
            found = self.by_prefix.get(digits[:length])
            if found is not None:
                return found
        return self.unknown

    def of_country(self, country: str) -> Destination | None:
        """A country by its two letters. None only without destinations."""
        return self.known.get(country, self.unknown)

    def find(self, key: str) -> Destination | None:
        """The destination of this key, also the unknown one; None if there is none (any more)."""
        if self.unknown is not None and key == self.unknown.key:
            return self.unknown
        return self.known.get(key)

    def class_of(self, destination: Destination) -> DestinationClass:
        """The class of a destination."""
        return self.classes[destination.class_key]

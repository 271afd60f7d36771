"""What organizations do all day: whom they call, how often someone answers, and how long it takes."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Campaign:
    """Calls of one kind. `answered` is the share of them that someone answers; `seconds` are what one takes, from
    the shortest to the longest. `meter` is the telephone's own; what the agent hears, says and thinks comes with it.
    """

    name: str
    agents: tuple[str, ...]
    meter: str = "calls_outbound"
    answered: float = 0.7
    seconds: tuple[int, int] = (20, 260)
    country: str = "US"

    @property
    def is_inbound(self) -> bool:
        return self.meter == "calls_inbound"

    def length(self, chance: Random) -> int:
        """How long a call takes, in seconds: most are short, a few are long."""
        shortest, longest = self.seconds
        return round(chance.triangular(shortest, longest, shortest + (longest - shortest) / 4))


@dataclass(frozen=True, slots=True)
class Organization:
    """Who is played: an organization of the service, and its campaigns."""

    id: UUID
    name: str
    campaigns: tuple[Campaign, ...]


USUAL: tuple[Campaign, ...] = (
    Campaign("Recall customers", ("Ava", "Noah")),
    Campaign(
        "Overseas partners", ("Ines",), meter="calls_outbound_international", answered=0.5, country="MX"
    ),
    Campaign("Front desk", ("Leo", "Mia"), meter="calls_inbound", answered=1.0),
)
"""Every kind of call."""

A_SECOND: dict[str, float] = {
    "speech_to_text": 0.5,
    "text_to_speech": 4.1,
    "tokens_in": 28.0,
    "tokens_out": 3.5,
}
"""What an agent uses beside the telephone, in a second of a call."""


def used_in(meter: str, seconds: int, chance: Random | None = None) -> dict[str, int]:
    """The quantities that so many seconds of a call use; about, where there is `chance`."""
    used = {meter: seconds}
    for name, rate in A_SECOND.items():
        used[name] = round(rate * seconds * (chance.uniform(0.6, 1.3) if chance else 1))
    return {name: quantity for name, quantity in used.items() if quantity}

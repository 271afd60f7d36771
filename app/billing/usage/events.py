"""Usage that the platform reports, and how it is validated."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from uuid import UUID

import msgspec

from app.billing.catalog import Plan
from app.models.usage import NO_ONE
from app.text import is_storable

EARLY = timedelta(minutes=5)
"""Allowed clock skew: usage further in the future is rejected."""
LONGEST = 255
MOST = 10**12
"""A limit on the units in one event, above that of any meter; the catalog has each meter's own limit."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who reports: a token, and the organization that it may report for; None for all organizations.

    `NO_ONE` means an unknown sender, who may report for none.
    """

    token_id: UUID | None
    org_id: UUID | None

    def why_not_for(self, org_id: UUID) -> str | None:
        """Why it may not report for an organization; None if it may."""
        if self.org_id is None or self.org_id == org_id:
            return None
        if self.org_id == NO_ONE:
            return "The sender is unknown, so this event can't be replayed. It must be sent again."
        return "This token is for another organization."


class Reported(msgspec.Struct, frozen=True):
    """One event: `quantity` whole units of `meter` used at `at` (aware). `source` and `id` are its sender's.

    A correction names in `corrects` the source and id of the event it corrects; its quantity is then the correct one.
    `index` is its position in the batch.
    """

    index: int
    org_id: UUID
    source: str
    id: str
    meter: str
    quantity: int
    at: datetime
    call: str | None = None
    campaign: str | None = None
    agent: str | None = None
    number: str | None = None
    hold: str | None = None
    corrects: tuple[str, str] | None = None
    direction: str | None = None
    country: str | None = None

    @property
    def key(self) -> tuple[UUID, str, str]:
        """The key it is deduplicated by."""
        return (self.org_id, self.source, self.id)

    def digest(self) -> bytes:
        """A hash of the content, to compare it with other events of the same key. Computed on each call."""
        content: tuple[object, ...] = (
            self.meter,
            self.quantity,
            self.at.timestamp(),
            self.call,
            self.campaign,
            self.agent,
            self.number,
            self.hold,
            self.corrects,
        )
        # Only where they are given, because events from before these fields may still be sent again.
        if self.direction is not None or self.country is not None:
            content += (self.direction, self.country)
        return hashlib.blake2b(repr(content).encode(), digest_size=16).digest()


_TEXTS = ("id", "source", "call", "campaign", "agent", "number", "hold")
_texts_of = attrgetter(*_TEXTS)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an event was rejected: the invalid field, and what is wrong with it."""

    index: int
    field: str
    reason: str


def problem_with_time(event: Reported, now: datetime, late_days: int) -> Refusal | None:
    """Check that an event is neither in the future nor too late."""
    if event.at <= now and (now - event.at).days < late_days:
        return None  # as nearly all are
    if event.at > now + EARLY:
        return Refusal(event.index, "time", "Is in the future. Check the clock of the sender.")
    if event.at < now - timedelta(days=late_days):
        return Refusal(
            event.index,
            "time",
            f"Is more than {late_days} days ago: too late to be charged. Contact an operator.",
        )
    return None


def problem_with_content(event: Reported, plan: Plan) -> Refusal | None:
    """Check that an event can be rated by `plan` and stored."""
    rate = plan.rates.get(event.meter)
    if rate is None:
        return Refusal(
            event.index, "meter", f"There is no meter {event.meter[:60]!r}. See the catalog's meters."
        )
    if not 0 <= event.quantity <= rate.most:
        return Refusal(
            event.index,
            "quantity",
            f"One event may have 0 to {rate.most:,} units of {event.meter}. "
            "Check how it was counted, and report larger quantities in several events.",
        )
    texts = _texts_of(event)
    # All together first: there is hardly ever something wrong with one, and hardly ever are they too long together.
    together = "".join(filter(None, texts))
    is_long = len(together) > LONGEST and any(text is not None and len(text) > LONGEST for text in texts)
    if is_long or "" in texts or not is_storable(together):
        wrong = next(name for name in _TEXTS if not _is_name(getattr(event, name)))
        return Refusal(event.index, wrong, f"Use 1 to {LONGEST} characters of valid Unicode, without NUL.")
    if event.corrects is not None and not all(map(_is_name, event.corrects)):
        return Refusal(event.index, "corrects", "Must have the `source` and `id` of the event to correct.")
    return None


def beyond_the_wallet(event: Reported) -> Refusal:
    """The rejection of an event because of its cost."""
    return Refusal(
        event.index,
        "quantity",
        "Would take the wallet's balance below the lowest possible one. Check how it was counted, and what "
        "else was reported for this organization; it can be replayed once there is credit.",
    )


def _is_name(value: str | None) -> bool:
    return value is None or (0 < len(value) <= LONGEST and is_storable(value))

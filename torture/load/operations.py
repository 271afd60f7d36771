"""What the platform does, planned by chance alone: usage, corrections, duplicates, holds and reading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

METERS = {
    "calls_outbound": 240,
    "calls_outbound_international": 90,
    "sms": 4,
    "tokens_in": 40_000,
    "tokens_out": 9_000,
    "speech_to_text": 200,
    "text_to_speech": 3_000,
}
"""What an event counts at most, of each meter."""


@dataclass(frozen=True, slots=True)
class Event:
    """Usage, as it was or, where it `corrects` another, as it was right. `place` is whose: its place on the stage."""

    id: str
    place: int
    meter: str
    quantity: int
    call: str
    hold: str
    corrects: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A batch of usage."""

    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Something done to a hold: `reserve`, `renew`, `capture` or `release`."""

    does: str
    place: int
    key: str
    call: str
    slice: int = 1
    quantity: int = 60
    lease_seconds: int = 30


@dataclass(frozen=True, slots=True)
class Steps:
    """Several of them in one request. With one only, it may be a request of its own."""

    steps: tuple[Step, ...]
    is_batch: bool


@dataclass(frozen=True, slots=True)
class Look:
    """Read something: what a call came to, or a list or the status of an organization."""

    what: str
    place: int
    call: str = ""


Operation = Report | Steps | Look


@dataclass(slots=True)
class _Hold:
    place: int
    key: str
    call: str
    slice: int = 1


@dataclass(slots=True)
class _Planner:
    """One line of the platform: its own calls, one operation after the other."""

    chance: Random
    line: int
    places: int
    number: int = 0
    holds: list[_Hold] = field(default_factory=list)
    recent: list[Event] = field(default_factory=list)

    def next(self) -> Operation:
        does = self.chance.choices([self._report, self._steps, self._look], [6, 5, 1])[0]
        return does()

    def _report(self) -> Operation:
        count = self.chance.choice([1, 3, 8, 20, 40])
        events = [self._event() for _ in range(count)]
        if self.recent and self.chance.random() < 0.3:
            events += self.chance.sample(self.recent, min(len(self.recent), count))  # sent before
        corrected: dict[str, Event] = {}
        for one in self.recent:
            if one.corrects is None and self.chance.random() < 0.05:
                corrected[one.id] = self._correction(one)
        events += corrected.values()
        self.chance.shuffle(events)
        unique = {one.id: one for one in events}
        self.recent = (self.recent + [one for one in unique.values() if one.corrects is None])[-60:]
        return Report(tuple(unique.values()))

    def _event(self) -> Event:
        self.number += 1
        meter = self.chance.choice(list(METERS))
        if self.holds and self.chance.random() < 0.7:
            hold = self.chance.choice(self.holds)
            place, call, key = hold.place, hold.call, hold.key
        else:
            place, call, key = self.chance.randrange(self.places), f"call-{self.line}-{self.number}", ""
        return Event(
            f"e-{self.line}-{self.number}", place, meter, self.chance.randint(1, METERS[meter]), call, key
        )

    def _correction(self, one: Event) -> Event:
        self.number += 1
        right = self.chance.choice([0, one.quantity + 3, max(0, one.quantity - 2), one.quantity * 2])
        return Event(
            f"c-{self.line}-{self.number}", one.place, one.meter, right, one.call, one.hold, corrects=one.id
        )

    def _steps(self) -> Operation:
        count = self.chance.choice([1, 1, 1, 4, 12])
        renewed: set[str] = set()
        steps = tuple(self._step(renewed) for _ in range(count))
        return Steps(steps, is_batch=count > 1 or self.chance.random() < 0.3)

    def _step(self, renewed: set[str]) -> Step:
        """The next thing to do. `renewed` are holds of this request that were: each is renewed once in it, since of a
        request that is sent again only the newest slice is recognized."""
        if len(self.holds) < 4 or (len(self.holds) < 12 and self.chance.random() < 0.4):
            return self._reserve()
        hold = self.chance.choice(self.holds)
        does = self.chance.choices(["renew", "capture", "release", "forget"], [5, 4, 2, 1])[0]
        if does == "forget":  # left to its lease
            self.holds.remove(hold)
            return self._reserve()
        if does == "renew" and hold.key in renewed:
            return self._reserve()
        if does == "renew":
            renewed.add(hold.key)
            hold.slice += 1
        else:
            self.holds.remove(hold)
        return Step(
            does, hold.place, hold.key, hold.call, hold.slice, self.chance.randint(10, 120), self._lease()
        )

    def _reserve(self) -> Step:
        self.number += 1
        hold = _Hold(
            self.chance.randrange(self.places),
            f"hold-{self.line}-{self.number}",
            f"call-{self.line}-{self.number}",
        )
        self.holds.append(hold)
        return Step(
            "reserve",
            hold.place,
            hold.key,
            hold.call,
            quantity=self.chance.randint(10, 120),
            lease_seconds=self._lease(),
        )

    def _lease(self) -> int:
        return self.chance.choice([5, 15, 45])

    def _look(self) -> Operation:
        if self.recent and self.chance.random() < 0.6:
            one = self.chance.choice(self.recent)
            return Look("call", one.place, one.call)
        what = self.chance.choice(["status", "holds", "transfers"])
        return Look(what, self.chance.randrange(self.places))


def plan(chance: Random, line: int, places: int) -> Iterator[Operation]:
    """What one line does, without an end. The same chance plans the same."""
    planner = _Planner(chance, line, places)
    while True:
        yield planner.next()

"""A day's usage as single calls: from which number, to which country and when, and each one's share of the day's
minutes, speech and tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from itertools import groupby
from random import Random

from demo.companies import Company
from demo.usage_reports import Used

CALLS_OF_AN_AGENT = 9
"""Calls that an agent has for a campaign on one day: enough for a second page, few enough to load fast."""
_OPENS = 8 * 60
_INBOUND_EVERY = 4
_AREAS = (212, 312, 415, 646)
_CANADIAN = 0.12
"""The share of calls with Canada."""
INBOUND, OUTBOUND = "inbound", "outbound"


def as_calls(company: Company, used: Sequence[Used], day: date, *, until: time, inbound: bool) -> list[Used]:
    """What agents used on `day`, shared out to calls that began before `until`; what no agent used stays as it is.

    The sums stay the same. Without `inbound` every call is one that an agent placed.
    """
    found = [one for one in used if not one.agent]
    of_agents = sorted((one for one in used if one.agent), key=lambda one: (one.campaign, one.agent))
    for (campaign, agent), own in groupby(of_agents, key=lambda one: (one.campaign, one.agent)):
        chance = Random(f"{company.slug} {day} {campaign} {agent}")  # noqa: S311
        number = numbers_of(company)[len(campaign) % company.numbers]
        calls = list(_calls(chance, day, until, number))
        for one in own:
            taking = [
                (call, INBOUND if _is_inbound(place, inbound) else OUTBOUND)
                for place, call in enumerate(calls)
                if _takes(one.meter, place, inbound)
            ]
            found += _shared(one, taking)
    return found


def numbers_of(company: Company) -> list[str]:
    """The company's own phone numbers."""
    chance = Random(company.slug)  # noqa: S311
    return [f"+1 {chance.choice(_AREAS)} 555 {100 + place:04}" for place in range(company.numbers)]


@dataclass(frozen=True, slots=True)
class _Call:
    """A call on one of the company's numbers; `weight` is its share of what its agent used."""

    name: str
    number: str
    country: str
    begins: time
    weight: float


def _calls(chance: Random, day: date, until: time, number: str) -> Iterator[_Call]:
    last = until.hour * 60 + until.minute
    first = min(_OPENS, last // 2)
    for _ in range(CALLS_OF_AN_AGENT):
        minute = chance.randint(first, last)
        name = f"call_{day:%m%d}{chance.randrange(16**6):06x}"
        country = "CA" if chance.random() < _CANADIAN else "US"
        yield _Call(name, number, country, time(minute // 60, minute % 60), chance.uniform(0.4, 1.9))


def _is_inbound(place: int, inbound: bool) -> bool:
    return inbound and place % _INBOUND_EVERY == 0


def _takes(meter: str, place: int, inbound: bool) -> bool:
    is_inbound = _is_inbound(place, inbound)
    return is_inbound if meter == "calls_inbound" else not (is_inbound and meter == "calls_outbound")


def _shared(one: Used, calls: Sequence[tuple[_Call, str]]) -> Iterator[Used]:
    whole, weight, given = sum(call.weight for call, _ in calls), 0.0, 0
    for call, direction in calls:
        weight += call.weight
        quantity = round(one.quantity * weight / whole) - given
        given += quantity
        if quantity:
            yield replace(
                one,
                quantity=quantity,
                call=call.name,
                number=call.number,
                direction=direction,
                country=call.country,
                clock=call.begins,
            )

"""A day's usage as single calls: who was called when, and each one's share of the day's minutes, speech and
tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, time
from itertools import groupby
from random import Random

from demo.companies import Company
from demo.usage_reports import Used

CALLS_OF_AN_AGENT = 9
"""Calls that an agent has for a campaign on one day: enough for a second page, few enough to load fast."""
_OPENS = 8 * 60
_INBOUND_EVERY = 4


def as_calls(company: Company, used: Sequence[Used], day: date, *, until: time, inbound: bool) -> list[Used]:
    """What agents used on `day`, shared out to calls that began before `until`; what no agent used stays as it is.

    The sums stay the same. Without `inbound` every call is one that an agent placed.
    """
    found = [one for one in used if not one.agent]
    of_agents = sorted((one for one in used if one.agent), key=lambda one: (one.campaign, one.agent))
    for (campaign, agent), own in groupby(of_agents, key=lambda one: (one.campaign, one.agent)):
        calls = list(_calls(Random(f"{company.slug} {day} {campaign} {agent}"), day, until))  # noqa: S311
        for one in own:
            taking = [call for place, call in enumerate(calls) if _takes(one.meter, place, inbound)]
            found += _shared(one, taking)
    return found


def _calls(chance: Random, day: date, until: time) -> Iterator[tuple[str, str, time, float]]:
    """The id, the number, the start and the weight of each call."""
    last = until.hour * 60 + until.minute
    first = min(_OPENS, last // 2)
    for _ in range(CALLS_OF_AN_AGENT):
        minute = chance.randint(first, last)
        name = f"call_{day:%m%d}{chance.randrange(16**6):06x}"
        number = f"+1 {chance.choice((212, 312, 415, 646))} 555 {chance.randint(100, 199):04}"
        yield name, number, time(minute // 60, minute % 60), chance.uniform(0.4, 1.9)


def _takes(meter: str, place: int, inbound: bool) -> bool:
    is_inbound = inbound and place % _INBOUND_EVERY == 0
    return is_inbound if meter == "calls_inbound" else not (is_inbound and meter == "calls_outbound")


def _shared(one: Used, calls: Sequence[tuple[str, str, time, float]]) -> Iterator[Used]:
    whole, weight, given = sum(share for *_, share in calls), 0.0, 0
    for call, number, clock, share in calls:
        weight += share
        quantity = round(one.quantity * weight / whole) - given
        given += quantity
        if quantity:
            yield replace(one, quantity=quantity, call=call, number=number, clock=clock)

"""Weeks of a busy organization: two campaigns and a front desk on working days, a card that dies, an agent that runs away.

What is used follows the simulator's campaigns; when, a diary. Nothing here knows how anything is charged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from demo.simulator.campaigns import USUAL, Campaign

RECALL, OVERSEAS, FRONT_DESK = USUAL
ZONE = ZoneInfo("America/New_York")
HALF_HOUR, FIVE_MINUTES = timedelta(minutes=30), timedelta(minutes=5)
WEEK = timedelta(weeks=1)
RUNAWAY_AGENT = "Zoe"
_RUNAWAY_SECONDS = 8_000
"""What the runaway agent calls in five minutes, in seconds of calls: on many lines, all the time."""


@dataclass(frozen=True, slots=True)
class Used:
    """So many seconds of calls of one campaign and agent."""

    campaign: Campaign
    agent: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Diary:
    """When what happens, as times on the clock of the wall after the Monday on which it begins."""

    begin: datetime
    weeks: int
    card_dies: timedelta
    runs_away: timedelta
    grows: timedelta
    """From then on the first campaign calls twice as many people."""

    def at(self, after: timedelta) -> datetime:
        """The time, in UTC."""
        return (self.begin.astimezone(ZONE) + after).astimezone(UTC)

    @property
    def end(self) -> datetime:
        return self.at(self.weeks * WEEK)


def a_week(begin: datetime) -> Diary:
    """All of it within one week."""
    day = timedelta(days=1)
    return Diary(
        begin, 1, card_dies=2 * day + 11 * 2 * HALF_HOUR, runs_away=3 * day + 4 * HALF_HOUR, grows=4 * day
    )


def a_quarter(begin: datetime) -> Diary:
    """Thirteen weeks."""
    day = timedelta(days=1)
    return Diary(
        begin,
        13,
        card_dies=2 * WEEK + day + 11 * 2 * HALF_HOUR,
        runs_away=6 * WEEK + 3 * day + 4 * HALF_HOUR,
        grows=9 * WEEK,
    )


def usual(at: datetime, chance: Random, *, times: int = 1) -> list[Used]:
    """What is used in the half hour before a time, on any day; `times` of the first campaign."""
    local = at.astimezone(ZONE)
    used = []
    if local.weekday() < 5 and 9 <= local.hour < 18:
        used.append(Used(RECALL, chance.choice(RECALL.agents), times * chance.randint(7_000, 12_000)))
        if local.weekday() in {1, 2, 3}:
            used.append(Used(OVERSEAS, OVERSEAS.agents[0], chance.randint(1_200, 2_400)))
    if 8 <= local.hour < 20:
        used.append(Used(FRONT_DESK, chance.choice(FRONT_DESK.agents), chance.randint(400, 1_200)))
    return used


def runaway() -> list[Used]:
    """What the runaway agent uses in five minutes."""
    return [Used(OVERSEAS, RUNAWAY_AGENT, _RUNAWAY_SECONDS)]


def half_hours(diary: Diary) -> Iterator[datetime]:
    """The ends of the half hours in which something happens: of each day from 0:30 to 20:00, in UTC."""
    at = diary.begin
    while (at := at + HALF_HOUR) <= diary.end:
        yield at

"""What a company uses on one day: more on working days, by campaign and agent, the same each time it is asked."""

from __future__ import annotations

from datetime import date
from random import Random

from demo.companies import Company
from demo.usage_reports import Used

TOKENS_A_MINUTE = 1_650
_WEEK = (0.94, 1.08, 1.12, 1.05, 0.96, 0.22, 0.12)


def usage_of(company: Company, day: date, *, scale: float = 1.0) -> list[Used]:
    """Calls, messages, numbers and models of `day`; `scale` makes the day busier or calmer."""
    chance = Random(f"{company.slug} {day}")  # noqa: S311, a story, not a secret
    minutes = company.minutes * _WEEK[day.weekday()] * chance.uniform(0.82, 1.2) * scale
    used = [Used("phone_numbers", company.numbers, day)]
    for team in company.teams:
        for agent in team.agents:
            seconds = round(minutes * 60 * team.share / 100 / len(team.agents) * chance.uniform(0.8, 1.2))
            for meter, quantity in (
                ("calls_outbound", seconds - seconds // 4),
                ("calls_inbound", seconds // 4),
                ("speech_to_text", round(seconds * 0.52)),
                ("text_to_speech", round(seconds * 4.1)),
                ("tokens_in", round(seconds / 60 * TOKENS_A_MINUTE * chance.uniform(0.9, 1.15))),
                ("tokens_out", round(seconds / 60 * 210 * chance.uniform(0.9, 1.15))),
                ("sms", round(seconds / 60 * chance.uniform(0.05, 0.12))),
            ):
                if quantity:
                    used.append(Used(meter, quantity, day, team.campaign, agent))
    return used

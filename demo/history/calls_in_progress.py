"""The calls that are still in progress at the end of the demo's history."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.billing.wallet import holds
from app.models import Organization
from app.money import Money
from demo.companies import Company
from demo.usage_reports import Used

_LEASE = timedelta(hours=6)
"""Long, because nothing renews the demo's calls."""
_A_SECOND = {"calls_outbound": 1.0, "speech_to_text": 0.5, "text_to_speech": 4.1, "tokens_in": 28.0}


def calls_now(organization: Organization, company: Company, now: datetime) -> list[Used]:
    """Hold credit for each call in progress; what the calls have used of it so far."""
    team = company.teams[0]
    local = now.astimezone(ZoneInfo(company.timezone))
    used = []
    for place in range(company.calls_now):
        key, call = f"demo-call-{place + 1}", f"+1 212 555 01{34 + place}"
        agent = team.agents[place % len(team.agents)]
        length = timedelta(minutes=2 + 3 * place)
        holds.reserve(
            organization.id,
            key,
            Money(1_550_000, organization.currency),
            at=now - length,
            lease=_LEASE,
            call=call,
            agent=agent,
            campaign=team.campaign,
        )
        for meter, units in _A_SECOND.items():
            quantity = round(units * length.total_seconds())
            used.append(
                Used(meter, quantity, local.date(), team.campaign, agent, call, call, key, clock=local.time())
            )
    if company.calls_now:
        _leave_open(organization, team.campaign, team.agents[0], now)
    return used


def _leave_open(organization: Organization, campaign: str, agent: str, now: datetime) -> None:
    """A call whose end no one has reported: its hold is renewed all the same, so it is named as overdue."""
    holds.reserve(
        organization.id,
        "demo-call-without-end",
        Money(1_550_000, organization.currency),
        at=now - timedelta(hours=5),
        lease=timedelta(hours=12),
        call="+1 212 555 0199",
        agent=agent,
        campaign=campaign,
    )

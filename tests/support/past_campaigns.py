"""Campaigns that an organization has run, as they are added up."""

from __future__ import annotations

from datetime import timedelta

from app.clock import utc_now
from app.extensions import db
from app.models import Hold, HoldState, Organization, UsageRollup


def a_past_campaign(
    organization: Organization, name: str, *, calls: int, seconds: int, days: int = 1, ago: int = 5
) -> None:
    """As many answered calls of as many seconds, over some days; each cost ten cents."""
    for number in range(days):
        db.session.add(
            UsageRollup(
                org_id=organization.id,
                posted_on=organization.local_day() - timedelta(days=ago - number),
                meter="calls_outbound",
                campaign=name,
                agent="Ava",
                number="",
                direction="outbound",
                country="US",
                is_correction=False,
                quantity=calls * seconds // days,
                included=0,
                amount_micro=calls * 100_000 // days,
                events=calls // days,
                calls=calls // days,
            )
        )
    db.session.commit()


def holds_of(organization: Organization, campaign: str, *, answered: int, unanswered: int) -> None:
    """Ended holds of calls that someone answered, and of those that no one did."""
    states = [HoldState.CAPTURED] * answered + [HoldState.RELEASED] * unanswered
    for number, state in enumerate(states):
        db.session.add(
            Hold(
                org_id=organization.id,
                key=f"{campaign} {number}",
                amount_micro=0,
                state=state,
                campaign=campaign,
                expires_at=utc_now(),
                ended_at=utc_now(),
            )
        )
    db.session.commit()

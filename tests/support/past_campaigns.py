"""Campaigns that an organization has run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.billing.activity import rollups
from app.billing.usage.events import Reported
from app.clock import utc_now
from app.extensions import db
from app.models import Hold, HoldState, Organization
from tests.support.metering import an_event, take


def a_past_campaign(
    organization: Organization,
    name: str,
    *,
    seconds: Sequence[int],
    days: int = 1,
    ago: int = 5,
    added_up: bool = True,
) -> None:
    """Answered outbound calls of these lengths, over some days, added up by day unless said otherwise."""
    for day in range(days):
        when = utc_now() - timedelta(days=ago - day)
        events = [
            _of_a_call(organization, f"{name} {number}", length, name, when)
            for number, length in enumerate(seconds)
            if number % days == day
        ]
        take(*events, now=when)
    if added_up:
        rollups.roll_up(organization.id, until=utc_now() - rollups.LAG)


def _of_a_call(
    organization: Organization, call: str, seconds: int, campaign: str, when: datetime
) -> Reported:
    return an_event(
        organization, call, seconds, meter="calls_outbound", when=when, campaign=campaign, call=call
    )


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

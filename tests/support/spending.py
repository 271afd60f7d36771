"""Weeks in which an organization spends, straight into its hours: what a forecast is made of."""

from __future__ import annotations

from datetime import timedelta

from app.billing import forecast
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, SpendHour


def weeks_of_calls(
    organization: Organization, *, weeks: int, days: int = 0, micro_an_hour: int = 1_000_000
) -> None:
    """The same in every hour until now."""
    now = utc_now()
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    part = round(micro_an_hour * ((now - this_hour) / timedelta(hours=1)))
    for number in range((weeks * 7 + days) * 24 + 1):
        hour = this_hour - timedelta(hours=number)
        db.session.add(
            SpendHour(
                org_id=organization.id, hour=hour, amount_micro=micro_an_hour if number else part, first_seq=0
            )
        )
    db.session.commit()


def forecast_of(organization: Organization, *, weeks: int = 3, micro_an_hour: int = 1_000_000) -> None:
    """The same in every hour until now, and the forecast of that: a dollar an hour unless said otherwise."""
    weeks_of_calls(organization, weeks=weeks, micro_an_hour=micro_an_hour)
    forecast.refresh(organization.id, now=utc_now())
    db.session.commit()

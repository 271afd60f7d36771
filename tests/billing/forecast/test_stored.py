"""Stored forecasts: one row, made from the hours, made again when it is old."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.billing import forecast, hours
from app.billing.forecast import stored
from app.clock import utc_now
from app.extensions import db, enqueue
from app.models import Organization, SpendForecast
from tests.factories import an_organization
from tests.support.sandbox import work_through
from tests.support.spending import weeks_of_calls


def row_of(organization: Organization) -> SpendForecast:
    return db.session.get_one(SpendForecast, (organization.id,), populate_existing=True)


def test_a_profile_comes_back_as_it_was_made(app: Flask) -> None:
    organization = an_organization(credit="100", timezone="America/New_York")
    weeks_of_calls(organization, weeks=3)
    now = utc_now()
    forecast.refresh(organization.id, now=now)
    db.session.commit()
    found = stored.profile_of(row_of(organization))
    assert found is not None
    assert (found.timezone, found.as_of) == ("America/New_York", now)
    assert sum(found.slots) > 0
    forecast.refresh(organization.id, now=now)
    db.session.commit()
    assert stored.profile_of(row_of(organization)) == found


def test_a_few_days_are_stored_as_too_little(app: Flask) -> None:
    organization = an_organization(credit="100")
    weeks_of_calls(organization, weeks=0, days=3)
    forecast.refresh(organization.id, now=utc_now())
    assert stored.profile_of(row_of(organization)) is None
    assert row_of(organization).began is not None
    assert stored.profile_of(None) is None


def test_the_job_forecasts_of_whom_it_counts_and_of_whom_it_has_not_for_a_day(app: Flask) -> None:
    spender, idle = an_organization(credit="100"), an_organization(credit="100")
    weeks_of_calls(spender, weeks=2)
    enqueue("count_hours", timestamp=0)
    db.session.commit()
    work_through(app)
    assert stored.profile_of(row_of(spender)) is not None
    now = utc_now()
    assert forecast.find_stale(now) == []
    due = {spender.id, idle.id} & set(forecast.find_stale(now + timedelta(days=1, minutes=5)))
    assert due == {spender.id, idle.id}
    row_of(spender).made_at = now + timedelta(hours=2)  # by a clock that was put back since
    db.session.commit()
    assert forecast.find_stale(now) == [spender.id]


def test_no_one_is_forecast_who_was_never_counted(app: Flask) -> None:
    an_organization()
    assert hours.find_due(utc_now()) == []
    assert forecast.find_stale(utc_now()) == []

"""What a forecast says of an organization's own balance."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.billing import forecast
from app.billing.forecast import Dryness, History, lasts
from app.billing.wallet import balance, holds
from app.clock import utc_now
from app.extensions import db
from tests.factories import an_organization, usd
from tests.support.spending import forecast_of, weeks_of_calls
from tests.support.statements import statements

NOTICE = forecast.NOTICE


@pytest.mark.long
def test_available_credit_lasts_so_many_hours_and_holds_are_none_of_it(app: Flask) -> None:
    organization = an_organization(credit="48")
    forecast_of(organization)
    now = utc_now()
    with statements() as seen:
        found = forecast.dry_at(organization, now=now)
    assert len(seen) == 1
    assert found is not None and found.about is not None
    assert abs(found.about - now - timedelta(hours=48)) < timedelta(hours=1)
    holds.reserve(organization.id, "call", usd("24"), at=now, lease=timedelta(minutes=5))
    db.session.commit()
    found = forecast.dry_at(organization, now=now)
    assert found is not None and found.about is not None
    assert abs(found.about - now - timedelta(hours=24)) < timedelta(hours=1)


def test_the_balance_reads_it_with_the_wallet(app: Flask) -> None:
    organization = an_organization(credit="48")
    forecast_of(organization)
    with statements() as seen:
        found = balance.gather(organization)
    assert len(seen) == 1
    assert lasts(found.forecast, found.available.micro, utc_now()).history is History.ENOUGH


def test_little_history_and_none_lately_say_so(app: Flask) -> None:
    organization = an_organization(credit="48")
    now = utc_now()
    assert forecast.dry_at(organization) is None
    assert lasts(None, 1, now).history is History.LITTLE
    weeks_of_calls(organization, weeks=0, days=6)
    forecast.refresh(organization.id, now=now)
    assert lasts(balance.gather(organization).forecast, 1, now).history is History.LITTLE
    other = an_organization(credit="48")
    weeks_of_calls(other, weeks=2, micro_an_hour=0)
    forecast.refresh(other.id, now=now)
    assert lasts(balance.gather(other).forecast, 1, now).history is History.NONE_LATELY
    assert forecast.dry_at(other) is None


def test_below_zero_it_is_dry_now(app: Flask) -> None:
    organization = an_organization()
    forecast_of(organization)
    now = utc_now()
    found = lasts(balance.gather(organization).forecast, -5_000_000, now).dryness
    assert found is not None
    assert found.earliest == found.about == found.latest == now


def test_it_is_near_its_end_by_the_early_edge(app: Flask) -> None:
    now = utc_now()
    late = now + timedelta(days=3)
    assert forecast.is_near(Dryness(now + NOTICE, late, late), now)
    assert not forecast.is_near(Dryness(now + NOTICE + timedelta(minutes=1), late, late), now)
    assert not forecast.is_near(Dryness(None, None, None), now)


def test_expected_spend_of_a_window_to_come(app: Flask) -> None:
    organization = an_organization(credit="48")
    assert forecast.find_profile(organization) is None
    forecast_of(organization)
    found = forecast.find_profile(organization)
    assert found is not None
    now = utc_now()
    window = forecast.spend_between(found, now + timedelta(hours=10), now + timedelta(hours=15))
    assert abs(window.about - 5_000_000) < 250_000
    assert window.low < window.about < window.high
    assert forecast.spend_between(found, now - timedelta(hours=5), now - timedelta(hours=1)).about == 0

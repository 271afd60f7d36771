"""How long credit lasts, in the pages' words."""

from __future__ import annotations

import re

from flask import Flask

from app.billing import forecast
from app.billing.wallet import balance
from app.models import Organization
from app.pages.lasting import HowLong, how_long
from tests.factories import an_organization
from tests.support.spending import forecast_of


def said(organization: Organization) -> HowLong:
    return how_long(balance.gather(organization))


def plain(words: object) -> str:
    return re.sub(r"<[^>]+>", "", str(words or ""))


def test_little_history_is_said_plainly(app: Flask) -> None:
    found = said(an_organization(credit="10"))
    assert found == HowLong("We need about a week of calls to say how long it lasts")


def test_a_time_a_band_and_how_often_it_is_right(app: Flask) -> None:
    organization = an_organization(credit="30", timezone="America/New_York")
    forecast_of(organization)
    with app.test_request_context():
        found = said(organization)
    assert re.fullmatch(r"Lasts until \w+ around (\S+ [ap]m|noon|midnight)", plain(found.said))
    right = f"Forecasts like this are right {forecast.RIGHT_OF_TEN} times in 10."
    assert re.fullmatch(
        rf"Between \w+ (\S+ [ap]m|noon|midnight) and \w+ (\S+ [ap]m|noon|midnight)\. {right}",
        plain(found.band),
    )
    assert "<time" in str(found.about)


def test_much_credit_lasts_longer_than_anything_is_said_about(app: Flask) -> None:
    organization = an_organization(credit="30000")
    forecast_of(organization)
    with app.test_request_context():
        assert said(organization) == HowLong("Lasts more than 60 days at your usual spending")


def test_no_spending_lately_is_no_forecast(app: Flask) -> None:
    organization = an_organization(credit="30")
    forecast_of(organization, micro_an_hour=0)
    assert said(organization) == HowLong("No spending in the last 90 days")

"""What the simulator says of an organization's credit, as the API tells it."""

from __future__ import annotations

import re
from random import Random

import pytest
from flask import Flask

from demo.simulator import outlook
from demo.simulator.calls import UnexpectedAnswerError
from demo.simulator.campaigns import USUAL, Organization
from demo.simulator.client import Client
from tests.factories import an_organization
from tests.support.alerting import an_alerted, to
from tests.support.limits import a_limit
from tests.support.platform import Platform
from tests.support.serving import serving
from tests.support.spending import forecast_of


def test_it_says_how_long_credit_lasts_if_that_is_known(app: Flask) -> None:
    new, old, rich = (an_organization(credit=credit) for credit in ("5", "30", "30000"))
    forecast_of(old)
    forecast_of(rich)
    with serving(app) as address:
        client = Client(address, Platform(app).text, chance=Random(7))
        said = [outlook.describe(client, Organization(one.id, one.name, USUAL)) for one in (new, old, rich)]
        assert said[0] == "5.000000 of credit; too little history to say how long it lasts"
        assert re.fullmatch(r"30\.000000 of credit, which lasts until \S{16} or so", said[1])
        assert said[2] == "30000.000000 of credit, which lasts for months"
        a_limit(new)
        limits = outlook.describe_limits(client, Organization(new.id, new.name, USUAL))
        assert limits == ["everything may spend 3.000000 in this day, or no call starts; 0.000000 is spent"]
        client = Client(address, "vpb_unknown", chance=Random(7))
        with pytest.raises(UnexpectedAnswerError, match="401"):
            outlook.describe(client, Organization(new.id, new.name, USUAL))
        with pytest.raises(UnexpectedAnswerError, match="401"):
            outlook.describe_limits(client, Organization(new.id, new.name, USUAL))


def test_it_names_the_levels_that_are_reached(app: Flask) -> None:
    organization, _ = an_alerted(amounts=("50",))
    to(organization, "40", source="fall")
    with serving(app) as address:
        client = Client(address, Platform(app).text, chance=Random(7))
        said = outlook.describe(client, Organization(organization.id, organization.name, USUAL))
    assert said.endswith("; alerts: under 100.000000, under 50.000000 of 3")

"""What the simulator says of credit in lots and of auto top-up, as the API tells it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest
from flask import Flask

from app.billing.auto_top_ups import settings
from app.billing.credit import grants
from app.billing.credit.grants import Grant
from app.extensions import db
from app.models import LotKind, Organization
from demo.simulator import credit
from demo.simulator.calls import UnexpectedAnswerError
from demo.simulator.campaigns import USUAL
from demo.simulator.campaigns import Organization as Player
from demo.simulator.client import Client
from tests.factories import OWNER, a_payer, an_organization, usd
from tests.support.auto_top_ups import look, switch_on, use
from tests.support.platform import Platform
from tests.support.sandbox import Sandbox, work_through
from tests.support.serving import serving


@pytest.fixture
def client(app: Flask) -> Iterator[Client]:
    with serving(app) as address:
        yield Client(address, Platform(app).text, chance=Random(7))


def played(organization: Organization) -> Player:
    return Player(organization.id, organization.name, USUAL)


def test_it_says_what_credit_is_used_first_and_until_when(client: Client) -> None:
    organization = an_organization(credit="10")
    last_day = organization.local_day() + timedelta(days=9)
    grants.grant(organization, Grant(LotKind.PROMOTIONAL, usd("25"), "Launch", "k", last_day), OWNER)
    db.session.commit()
    assert credit.describe_lots(client, played(organization)) == [
        f"25.000000 of promotional credit, until {last_day + timedelta(days=1)}",
        "10.000000 of goodwill credit, for as long as it lasts",
    ]


def test_it_says_what_waits_for_credit(client: Client) -> None:
    organization = an_organization(credit="1")
    use(organization, 3)
    [said] = credit.describe_lots(client, played(organization))
    assert said.endswith(" of usage waits for credit")


def test_it_says_whether_it_is_topped_up_and_why_not(app: Flask, sandbox: Sandbox, client: Client) -> None:
    organization, card = a_payer(credit="30")

    def said() -> str:
        return credit.describe_auto_top_up(client, played(organization))

    assert said() == "auto top-up is off"
    switch_on(organization, card, cap="90")
    assert said().startswith("auto top-up is on, under 20.000000; the next charge is 80")
    use(organization, 15)
    work_through(app)
    use(organization, 85, "e2")
    look(organization)
    assert said() == "auto top-up is on, under 20.000000; nothing is charged now (monthly_cap)"
    sandbox.control.set_bank_answer(card.stripe_id, "asks")
    switch_on(organization, card, cap="900")
    look(organization)
    assert said() == "auto top-up is on, under 20.000000; a payment waits for an owner"
    settings.turn_off(organization, OWNER)
    assert said() == "auto top-up is off (owner)"


def test_an_answer_that_it_doesnt_know_ends_the_play(app: Flask) -> None:
    organization = played(an_organization())
    with serving(app) as address:
        client = Client(address, "vpb_unknown", chance=Random(7))
        with pytest.raises(UnexpectedAnswerError, match="401"):
            credit.describe_lots(client, organization)
        with pytest.raises(UnexpectedAnswerError, match="401"):
            credit.describe_auto_top_up(client, organization)

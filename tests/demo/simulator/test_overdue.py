"""What the simulated platform does about calls that last unusually long: it ends its own, and names others'."""

from __future__ import annotations

from random import Random

import pytest
from flask import Flask

from app.billing.wallet import holds
from app.extensions import db
from app.models import HoldState
from demo.simulator import overdue
from demo.simulator.calls import NAMED, UnexpectedAnswerError
from demo.simulator.campaigns import USUAL, Organization
from demo.simulator.client import Client
from tests.support.overdue import an_overdue
from tests.support.platform import Platform
from tests.support.serving import serving


def test_calls_of_its_own_are_ended_and_others_are_named(app: Flask) -> None:
    found = an_overdue(f"{NAMED}1", "someone's", f"{NAMED}2")
    organization = Organization(found.id, found.name, USUAL)
    with serving(app) as address:
        client = Client(address, Platform(app).text, chance=Random(7))
        said = list(overdue.settle(client, organization))
        again = list(overdue.settle(client, organization))
        with pytest.raises(UnexpectedAnswerError, match="401"):
            list(overdue.settle(Client(address, "vpb_unknown", chance=Random(7)), organization))
    assert [one.partition(", since")[0] for one in said] == [
        f"{NAMED}1 had ended without a word",
        "someone's lasts unusually long",
        f"{NAMED}2 had ended without a word",
    ]
    assert len(again) == 1
    db.session.rollback()
    states = [holds.find(found.id, key).state for key in (f"{NAMED}1", "someone's", f"{NAMED}2")]
    assert states == [HoldState.CAPTURED, HoldState.ACTIVE, HoldState.CAPTURED]

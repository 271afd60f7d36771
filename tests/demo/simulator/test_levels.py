"""The levels that the simulated platform sets: its own beside what was chosen before, once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from random import Random

import pytest
from flask import Flask

from app.billing.alerts import views
from app.extensions import db
from app.models import AuditEvent, Organization
from demo.simulator import levels
from demo.simulator.calls import UnexpectedAnswerError
from demo.simulator.client import Client
from tests.factories import an_organization
from tests.support.alerting import set_levels
from tests.support.platform import Platform
from tests.support.serving import serving


@pytest.fixture
def client(app: Flask) -> Iterator[Client]:
    with serving(app) as address:
        yield Client(address, Platform(app).text, chance=Random(7))


def shown(organization: Organization) -> list[str]:
    db.session.rollback()
    found = views.gather(organization).levels
    return [f"{one.kind} {one.amount.rounded if one.amount else one.hours or ''}".strip() for one in found]


def test_under_half_and_a_quarter_of_the_credit_and_a_forecast(client: Client) -> None:
    organization = an_organization(credit="5")
    for _ in range(2):
        levels.set_levels(client, organization.id, Decimal(5))
        assert shown(organization) == ["forecast 6", "low 2.50", "amount 1.25", "paused"]
    changes = db.select(AuditEvent).where(AuditEvent.action == "alerts.levels_changed")
    assert len(db.session.scalars(changes).all()) == 1


def test_what_else_was_chosen_stays(client: Client) -> None:
    organization = an_organization(credit="100")
    set_levels(organization, "80", "20", hours=(24,))
    levels.set_levels(client, organization.id, Decimal("0.01"))
    assert shown(organization) == [
        "forecast 24",
        "forecast 6",
        "amount 20.00",
        "low 0.02",
        "amount 0.01",
        "paused",
    ]


def test_an_answer_that_the_document_does_not_name_is_an_error(client: Client) -> None:
    with pytest.raises(UnexpectedAnswerError, match="404"):
        levels.set_levels(client, an_organization().id.__class__(int=7), Decimal(5))

"""The model beside the wallet, and messages beside their receivers: silent where all is right, and a difference is found."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask

from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from config import ROOT
from dev.testing import Addresses
from tests.factories import a_paid_top_up
from tests.support.metering import an_event, take
from tests.support.sandbox import Sandbox
from tests.torture.test_checks import Database, kinds
from torture.checks import balances, messages
from torture.journal import Journal
from torture.load.model import Model, read_prices
from torture.load.operations import Event
from torture.stage import Company
from torture.stripe_side import StripeSide
from torture.trouble.receivers import Receiver


@pytest.fixture
def tables(app: Flask, database: Addresses) -> Database:
    return Database(database.superuser.replace("+psycopg", "", 1))


@pytest.fixture
def model(sandbox: Sandbox) -> Model:
    """Of the one organization that there is, after a top-up and an event."""
    a_paid_top_up()
    db.session.commit()
    now = utc_now()
    take(an_event(the_one(), "e1", 60_000, call="c", when=now), now=now)
    found = Model(read_prices(ROOT / "catalog.toml"))
    found.charged(Event("e1", 0, "tokens_out", 60_000, "c", ""), f"{now:%Y-%m}")
    return found


def the_one() -> Organization:
    return db.session.execute(db.select(Organization)).scalar_one()


def found(tables: Database, sandbox: Sandbox, model: Model) -> list[str]:
    journal, organization = Journal(), the_one()
    company = Company(UUID(str(organization.id)), organization.name, "qx")
    balances.check(tables, StripeSide(sandbox.url), [company], model, journal)
    return kinds(journal)


def test_what_the_model_predicts_is_right(tables: Database, sandbox: Sandbox, model: Model) -> None:
    assert model.cost(0) > 0
    assert found(tables, sandbox, model) == []


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE wallet SET posted_micro = posted_micro + 1", "balance differs"),
        ("UPDATE wallet SET held_micro = 1", "left reserved"),
    ],
)
def test_a_micro_unit_more_is_found(
    tables: Database, sandbox: Sandbox, model: Model, statement: str, kind: str
) -> None:
    tables.tamper(statement)
    assert found(tables, sandbox, model) == [kind]


def test_an_event_that_was_acknowledged_and_is_gone_is_found(
    tables: Database, sandbox: Sandbox, model: Model
) -> None:
    model.charged(Event("e2", 0, "tokens_out", 1, "c", ""), "2026-11")
    assert found(tables, sandbox, model) == ["balance differs"]


@pytest.mark.parametrize(("said", "kinds_found"), [("refused", []), ("captured", ["hold differs"])])
def test_a_hold_is_as_it_was_said_last(
    tables: Database, sandbox: Sandbox, model: Model, said: str, kinds_found: list[str]
) -> None:
    model.answered(0, "h1", said)  # there is none
    assert found(tables, sandbox, model) == kinds_found


def test_a_message_that_counts_as_delivered_and_never_arrived_is_found(
    tables: Database, sandbox: Sandbox, model: Model
) -> None:
    receiver = Receiver(url="https://platform.example/events")
    tables.tamper(
        "INSERT INTO platform_endpoint (id, url, secrets, created_at) "
        f"VALUES (gen_random_uuid(), '{receiver.url}', '{{s}}', now())"
    )
    deliver = (
        "INSERT INTO platform_delivery (org_id, message_id, endpoint_id, position, state, attempts, next_try_at) "
        "SELECT message.org_id, message.id, endpoint.id, message.position, 'delivered', 1, now() "
        "FROM platform_message message CROSS JOIN platform_endpoint endpoint"
    )
    assert len(sent(tables, receiver)) == 1  # of messages that no one is to get
    tables.tamper(deliver)
    (lost,) = sent(tables, receiver)
    with tables.connect() as connection:
        rows = connection.execute("SELECT id FROM platform_message").fetchall()
    receiver.ids |= {f"msg_{row[0].hex}" for row in rows}
    assert (lost, sent(tables, receiver)) == ("message lost", [])


def sent(tables: Database, receiver: Receiver) -> list[str]:
    journal = Journal()
    messages.check(tables, {"quick": receiver}, journal)
    return kinds(journal)

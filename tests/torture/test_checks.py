"""The comparisons of the torture: silent where all is right, and each finds what was tampered with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from app.clock import utc_now
from app.extensions import db
from app.models import Organization, Wallet
from demo.simulator.tally import Tally
from dev.testing import Addresses
from tests.factories import a_paid_top_up, an_organization
from tests.support.metering import an_event, take
from tests.support.sandbox import Sandbox
from torture.checks import events, money, states
from torture.journal import Journal
from torture.stage import Company
from torture.stripe_side import StripeSide
from torture.trouble.receivers import Receiver


@dataclass
class Database:
    """The test's database, over every wall."""

    address: str

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.address, autocommit=True)

    def tamper(self, statement: str) -> None:
        """As no one can who is no superuser."""
        with psycopg.connect(self.address) as connection:
            connection.execute("SET LOCAL session_replication_role = replica")
            connection.execute(statement.encode())


@pytest.fixture
def tables(app: Flask, database: Addresses) -> Database:
    return Database(database.superuser.replace("+psycopg", "", 1))


def kinds(journal: Journal) -> list[str]:
    return [finding.kind for finding, _ in journal.findings]


class TestMoney:
    @pytest.fixture
    def side(self, sandbox: Sandbox) -> StripeSide:
        return StripeSide(sandbox.url)

    def found(self, tables: Database, side: StripeSide) -> list[str]:
        journal = Journal()
        money.check(tables, side, journal)
        return kinds(journal)

    def test_a_paid_top_up_is_right(self, tables: Database, side: StripeSide) -> None:
        a_paid_top_up()
        db.session.commit()
        assert self.found(tables, side) == []

    @pytest.mark.parametrize(
        ("statement", "kind"),
        [
            ("UPDATE wallet_line SET amount_micro = amount_micro + 10000", "money differs"),
            ("DELETE FROM wallet_line", "money differs"),
            ("UPDATE organization SET stripe_customer_id = 'cus_of_another'", "crossed"),
        ],
    )
    def test_what_was_tampered_with_is_found(
        self, tables: Database, side: StripeSide, statement: str, kind: str
    ) -> None:
        a_paid_top_up()
        db.session.commit()
        tables.tamper(statement)
        assert kind in self.found(tables, side)

    def test_a_refund_that_the_wallet_does_not_know_is_found(
        self, tables: Database, side: StripeSide
    ) -> None:
        a_paid_top_up()
        db.session.commit()
        side.client.v1.refunds.create({"charge": side.all("charges")[0].id, "amount": 100})
        assert self.found(tables, side) == ["money differs"]


class TestEvents:
    def found(self, tables: Database, organization: Organization, tally: Tally) -> list[str]:
        journal = Journal()
        company = Company(UUID(str(organization.id)), organization.name, "qx")
        events.check(tables, (company,), tally, journal)
        return kinds(journal)

    def test_what_was_reported_and_charged_alike_is_right(self, tables: Database) -> None:
        organization, tally = an_organization(credit="10"), Tally()
        take(an_event(organization, "e1", 60, call="c", when=utc_now()), now=utc_now())
        tally.used(organization.id, "c", "tokens_out", "e1", 60)
        assert self.found(tables, organization, tally) == []

    @pytest.mark.parametrize("quantity", [59, 61])
    def test_another_quantity_is_found(self, tables: Database, quantity: int) -> None:
        organization, tally = an_organization(credit="10"), Tally()
        take(an_event(organization, "e1", 60, call="c", when=utc_now()), now=utc_now())
        tally.used(organization.id, "c", "tokens_out", "e1", quantity)
        assert self.found(tables, organization, tally) == ["usage differs"]

    def test_a_lost_event_and_one_that_no_one_reported_are_found(self, tables: Database) -> None:
        organization, tally = an_organization(credit="10"), Tally()
        take(an_event(organization, "e1", 60, call="c", when=utc_now()), now=utc_now())
        tally.used(organization.id, "d", "tokens_out", "e2", 60)
        assert self.found(tables, organization, tally) == ["usage differs"] * 2


class TestStates:
    def found(self, tables: Database, receiver: Receiver) -> list[str]:
        journal = Journal()
        states.check(tables, receiver, journal)
        return kinds(journal)

    def told(self, organization: Organization, state: str) -> Receiver:
        return Receiver(states={str(organization.id): ("2026-11-28T12:00:00Z", 1, state)})

    def test_what_was_told_last_is_what_is(self, tables: Database) -> None:
        organization = an_organization(credit="10")
        assert self.found(tables, self.told(organization, "active")) == []
        assert self.found(tables, self.told(organization, "paused")) == ["state untold"]
        assert self.found(tables, Receiver()) == ["state untold"]

    def test_a_paused_one_that_never_called_needs_no_telling(self, tables: Database) -> None:
        an_organization()
        assert self.found(tables, Receiver()) == []

    @pytest.mark.parametrize(
        ("status", "lock", "since", "stuck"),
        [
            ("todo", None, "2 minutes", True),
            ("todo", None, "1 second", False),
            ("doing", None, "2 minutes", True),
            ("doing", "sweep", "1 second", False),
            ("failed", None, "1 second", True),
            ("aborted", None, "1 second", True),
            ("aborted", "sweep", "2 minutes", False),
        ],
    )
    def test_a_job_that_no_one_works_on_is_found(
        self, tables: Database, status: str, lock: str | None, since: str, stuck: bool
    ) -> None:
        an_organization()
        name = f"'{lock}'" if lock else "NULL"
        tables.tamper(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, queueing_lock, scheduled_at) "
            f"VALUES ('payments', 'settle_top_up', '{status}', {name}, now() - interval '{since}')"
        )
        tables.tamper(f"UPDATE procrastinate_events SET at = now() - interval '{since}'")
        assert self.found(tables, Receiver()) == (["job stuck"] if stuck else [])


def test_the_newest_message_is_told_by_its_own_time() -> None:
    receiver = Receiver()
    for time, state in (("12:02", "active"), ("12:01", "paused"), ("12:02", "low")):
        receiver.take(
            f'{{"type": "calling.resumed", "timestamp": "2026-11-28T{time}:00Z", '
            f'"data": {{"organization": "o", "state": "{state}"}}}}'.encode()
        )
    assert receiver.states["o"][2] == "low"


def test_the_same_finding_twice_is_one(app: Flask) -> None:
    journal = Journal()
    for _ in range(2):
        journal.found("crossed", "a saw b")
    assert [times for _, times in journal.findings] == [2]
    assert db.session.scalars(db.select(Wallet)).all() == []

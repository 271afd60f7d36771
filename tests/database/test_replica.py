"""Exports and statements are read from a real replica, and never say less than the page before them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, text
from werkzeug.test import TestResponse

from app.billing import statements
from app.database import roles
from app.database.replica import WRITTEN, Replica, Unusable
from app.database.routing import routed_to
from app.doctor import Finding, Installation, Status, examine
from app.extensions import db
from app.models import Organization, Transfer
from app.models.scope import scoped_to
from app.web import database
from app.web.long_reads import from_replica
from app.web.pools import ASK_STRIPE, Pool, pool_of
from config import Settings
from dev.testing import TEMPLATE
from tests.factories import a_person, an_organization, give_credit
from tests.support.browsing import Visitor
from tests.support.database import inside
from tests.support.replica_pair import Pair, installed_pair
from tests.support.url_map import address, rules

HISTORY, STATEMENT = "/billing/wallet/history.csv", "/workplace/invoices/statements/{month}"


@pytest.fixture(scope="module")
def installed() -> Iterator[Pair]:
    with installed_pair() as found:
        yield found


@pytest.fixture
def pair(installed: Pair) -> Iterator[Pair]:
    with inside(installed.app):
        installed.replica._rests.clear()
        installed.replica.patience = 30
        installed.statements.clear()
        yield installed
        db.session.rollback()


@pytest.fixture
def organization(pair: Pair) -> Organization:
    return an_organization(credit="10")


@pytest.fixture
def owner(pair: Pair, organization: Organization) -> Visitor:
    email = a_person(organization=organization).email
    db.session.commit()
    visitor = Visitor(pair.app.test_client())
    assert visitor.sign_in(email).status_code == 302
    pair.statements.clear()
    return visitor


def test_each_file_and_each_statement_is_read_from_the_replica(
    pair: Pair, owner: Visitor, organization: Organization
) -> None:
    read, month = {}, month_of(organization)
    for rule in rules(pair.app):
        if rule.endpoint in ASK_STRIPE:
            continue
        where = address(pair.app, rule, {"month": month})
        if pool_of(rule.endpoint, where) is Pool.DOWNLOADS or where == STATEMENT.format(month=month):
            pair.statements.clear()
            read[rule.endpoint] = (owner.get(where).status_code, reads(pair))
    assert {"wallet.export", "activity.export", "invoices.export_statement", "invoices.show_statement"} < set(
        read
    )
    assert {name: found for name, found in read.items() if found != (200, True)} == {}


def test_everything_else_is_read_from_the_primary(pair: Pair, owner: Visitor) -> None:
    assert owner.get("/billing/wallet").status_code == 200
    assert not pair.statements


@pytest.mark.parametrize("file", [HISTORY, f"{STATEMENT}.csv"])
def test_a_file_right_after_credit_waits_for_it_on_the_replica(
    pair: Pair, owner: Visitor, organization: Organization, file: str
) -> None:
    month = month_of(organization)
    with pair.paused():
        more_credit(organization)
        resumed = threading.Timer(0.2, pair.on_standby, ["SELECT pg_wal_replay_resume()"])
        resumed.start()
        found = owner.get(file.format(month=month))
        resumed.join()
    assert "7.77" in whole(found)
    assert reads(pair)


@pytest.mark.parametrize("file", [HISTORY, f"{STATEMENT}.csv"])
def test_where_the_replica_stays_behind_the_primary_is_read(
    pair: Pair, owner: Visitor, organization: Organization, file: str
) -> None:
    with pair.paused():
        more_credit(organization)
        pair.replica.patience = 0
        assert "7.77" in whole(owner.get(file.format(month=month_of(organization))))
    assert not reads(pair)


def test_others_do_not_wait_for_a_replica_that_was_behind(
    pair: Pair, owner: Visitor, organization: Organization
) -> None:
    statement = STATEMENT.format(month=month_of(organization))
    with pair.paused():
        more_credit(organization)
        pair.replica.patience = 0
        owner.get(statement)
        # It would take so long, if it waited.
        pair.replica.patience = 3600
        assert owner.get(statement).status_code == 200


def test_what_fails_on_the_replica_is_read_from_the_primary(pair: Pair) -> None:
    servers = []

    @from_replica
    def view() -> str:
        servers.append(db.session.scalar(text("SELECT pg_is_in_recovery()")))
        if len(servers) == 1:
            pair.on_standby(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'billing_app'"
            )
            db.session.scalar(text("SELECT 1"))
        return "whole"

    assert view() == "whole"
    assert servers == [True, False]


def test_the_walls_hold_on_the_replica(pair: Pair) -> None:
    mine, other = an_organization(credit="1"), an_organization(credit="2")
    position = str(db.session.scalar(WRITTEN))
    db.session.commit()
    assert pair.replica.why_not(position) is None
    count = text("SELECT count(*) FROM transfer WHERE org_id = ANY(:ids)")
    both = {"ids": [mine.id, other.id]}
    with routed_to(db.session(), pair.replica.engine):
        assert db.session.scalar(count, both) == 2
        with scoped_to(mine.id):
            assert db.session.scalar(count, both) == 1
            assert {one.org_id for one in db.session.query(Transfer)} == {mine.id}
        with scoped_to():
            assert db.session.scalar(count, both) == 0
    assert db.session.scalar(text("SELECT pg_is_in_recovery()")) is False, "and the session is back"


def test_a_role_for_which_no_walls_hold_is_not_used(pair: Pair) -> None:
    superuser = create_engine(pair.standby.url(TEMPLATE))
    assert Replica(superuser, 0, checks_role=True).why_not("0/0") is Unusable.ROLE
    assert Replica(pair.replica.engine, 0, checks_role=True).why_not("0/0") is None
    superuser.dispose()


def test_a_server_that_takes_changes_is_no_replica(pair: Pair) -> None:
    assert Replica(db.engine, 0, checks_role=False).why_not("0/0") is Unusable.PROMOTED


def test_an_address_of_both_leads_to_the_one_that_takes_changes(pair: Pair) -> None:
    """Whichever is named first, and by every way in which the product connects."""
    settings: Settings = pair.app.config["SETTINGS"]
    sockets = "&".join(
        f"host={one.url(TEMPLATE).partition('host=')[2]}" for one in (pair.standby, pair.primary)
    )
    both = f"postgresql+psycopg://billing_app@/{TEMPLATE}?{sockets}&target_session_attrs=read-write"
    engine = create_engine(both, **database.engine_options(settings))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT pg_is_in_recovery()")) is False
    engine.dispose()
    fast = database.fast_connections(replace(settings, database_url=both))
    assert fast.run(lambda one: one.send(("SELECT pg_is_in_recovery()", ()))) == [[(False,)]]
    fast.close()
    assert roles.name_of(both) == "billing_app"


def test_the_doctor_says_how_the_replica_is(pair: Pair) -> None:
    settings: Settings = pair.app.config["SETTINGS"]
    assert [one.status for one in said(settings)] == [Status.OK]
    with pair.paused():
        an_organization(credit="3")
        found = said(replace(settings, database_replica_lag_seconds=0))
    assert "behind the primary" in found[0].text
    pair.on_standby("ALTER SYSTEM SET hot_standby_feedback = off")
    pair.on_standby("SELECT pg_reload_conf()")
    no_replica = [
        (pair.standby.url(TEMPLATE), "is a superuser"),
        (pair.primary.url(TEMPLATE, "billing_app"), "takes changes"),
        ("postgresql+psycopg://billing_app@127.0.0.1:9/billing", "can't be reached"),
    ]
    for url, words in no_replica:
        found = said(replace(settings, database_replica_url=url))
        assert found[0].status is Status.PROBLEM and words in found[0].text and found[0].to_do
    found = said(replace(settings, database_replica_url=pair.standby.url(TEMPLATE)))
    assert any("hot_standby_feedback is off" in one.text for one in found)
    assert [one.status for one in said(replace(settings, database_replica_url=""))] == [Status.OK]


def test_without_the_replica_everything_is_read_from_the_primary(
    pair: Pair, owner: Visitor, organization: Organization
) -> None:
    statement = STATEMENT.format(month=month_of(organization))
    pair.standby.stop()
    try:
        assert "10" in whole(owner.get(HISTORY))
        assert pair.replica.why_not("0/0") is Unusable.AWAY
    finally:
        pair.standby.start()
    pair.replica._rests.clear()
    pair.statements.clear()
    assert owner.get(statement).status_code == 200
    assert reads(pair), "and is used again once it is back"


def reads(pair: Pair) -> bool:
    """Whether rows of the product were read from the replica, and not only how far it is."""
    return any("wallet_line" in one or "audit_event" in one for one in pair.statements)


def month_of(organization: Organization) -> str:
    """The month in which its credit was posted."""
    return str(statements.months(organization)[0])


def more_credit(organization: Organization) -> None:
    give_credit(organization, "7.77")
    db.session.commit()


def whole(found: TestResponse) -> str:
    assert found.status_code == 200
    return found.get_data(as_text=True)


def said(settings: Settings) -> tuple[Finding, ...]:
    (report,) = examine(Installation(settings), ["replica"])
    return report.findings

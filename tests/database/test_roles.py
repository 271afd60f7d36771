"""The application's role owns nothing and may do no more than it has to; production refuses any other."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import Context

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from app import create_app
from app.billing import audit
from app.database import roles
from app.extensions import db
from config import Settings
from dev.testing import Addresses
from environ import SettingsError
from tests.factories import an_organization
from tests.support.database import owner, superuser
from tests.test_settings import PRODUCTION


@pytest.fixture
def bypassing() -> Iterator[None]:
    with superuser().begin() as connection:
        connection.execute(text("CREATE ROLE test_bypassing NOLOGIN BYPASSRLS"))
    yield
    with superuser().begin() as connection:
        connection.execute(text("DROP ROLE test_bypassing"))


def test_a_role_that_no_wall_holds_for_is_told_with_what_to_do(app: Flask, bypassing: None) -> None:
    assert roles.what_is_wrong(db.session.connection()) is None
    for engine, why in ((superuser(), "is a superuser"), (owner(), "owns the tables")):
        said = _what_is_wrong(engine)
        assert why in said
        assert "DATABASE_OWNER_URL" in said and "flask db upgrade" in said
    assert "has BYPASSRLS" in _what_is_wrong(superuser(), role="test_bypassing")


def _what_is_wrong(engine: Engine, *, role: str | None = None) -> str:
    with engine.connect() as connection:
        if role is not None:
            connection.execute(text(f"SET LOCAL ROLE {role}"))
        return roles.what_is_wrong(connection) or ""


@pytest.mark.parametrize("who", ["owner", "superuser"])
def test_production_is_not_ready_with_it_and_runs_no_job(app: Flask, database: Addresses, who: str) -> None:
    settings = PRODUCTION | {"DATABASE_URL": getattr(database, who), "LOG_LEVEL": "CRITICAL"}
    wrong = create_app(Settings.from_environment(settings))
    answer = wrong.test_client().get("/readyz", base_url="https://billing.example")
    assert answer.status_code == 503
    assert "DATABASE_URL connects as" in answer.json["database"]
    assert "Make two roles" in answer.json["database"]
    # Beside the test's own context, whose application it would be else.
    refused = Context().run(wrong.test_cli_runner().invoke, args=["worker"])
    assert refused.exit_code == 1
    assert "organizations would not be isolated" in refused.output


def test_production_is_ready_with_the_applications_role(app: Flask, database: Addresses) -> None:
    settings = PRODUCTION | {"DATABASE_URL": database.application, "LOG_LEVEL": "CRITICAL"}
    right = create_app(Settings.from_environment(settings))
    assert right.test_client().get("/readyz", base_url="https://billing.example").status_code == 200


def test_in_production_tables_are_changed_by_the_owner_alone() -> None:
    with pytest.raises(SettingsError, match="DATABASE_OWNER_URL is not set"):
        _ = Settings.from_environment(PRODUCTION).owner_url
    url = "postgresql+psycopg://billing_owner@db/billing"
    assert Settings.from_environment(PRODUCTION | {"DATABASE_OWNER_URL": url}).owner_url == url
    alone = {"APP_ENV": "test", "DATABASE_URL": "postgresql+psycopg://me@/mine"}
    assert Settings.from_environment(alone).owner_url == alone["DATABASE_URL"]


def test_the_role_may_do_no_more_than_the_application_does(app: Flask) -> None:
    query = text("""
        SELECT relname, privilege FROM pg_class,
            unnest(ARRAY['TRUNCATE', 'TRIGGER', 'REFERENCES', 'UPDATE', 'DELETE']) AS privilege
        WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
          AND has_table_privilege(oid, privilege)""")
    may = {(name, privilege) for name, privilege in db.session.execute(query)}
    assert not {one for one in may if one[1] in {"TRUNCATE", "TRIGGER", "REFERENCES"}}
    assert not {one for one in may if one[0] in {"transfer", "audit_event", "usage_event", "alembic_version"}}
    assert not {one for one in may if one[0].startswith("usage_event_")}
    assert {("wallet", "UPDATE"), ("hold", "DELETE")} <= may
    assert not {("wallet", "DELETE"), ("account", "DELETE"), ("organization", "DELETE")} & may


@pytest.mark.parametrize("table", ["wallet", "account", "wallet_line", "usage_daily", "organization"])
def test_what_the_ledger_stands_on_is_removed_by_no_one(app: Flask, table: str) -> None:
    with owner().connect() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '30s'"))
        connection.execute(
            text(
                "INSERT INTO organization (id, slug, name, currency, timezone, created_at) "
                "VALUES (gen_random_uuid(), 'x', 'X', 'USD', 'UTC', now())"
            )
        )
        with pytest.raises(Exception, match="append-only: TRUNCATE is refused"), connection.begin_nested():
            connection.execute(text(f"TRUNCATE {table} CASCADE"))
        triggers = connection.scalars(
            text("SELECT tgname FROM pg_trigger WHERE tgrelid = :of ::regclass AND NOT tgisinternal"),
            {"of": table},
        ).all()
        assert {"never_emptied", "never_removed"} <= set(triggers)
        if table == "organization":
            with pytest.raises(Exception, match="append-only: DELETE is refused"):
                connection.execute(text("DELETE FROM organization"))


@pytest.mark.parametrize("who", ["application", "owner"])
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_event SET subject = 'no one'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "TRUNCATE organization CASCADE",
        "INSERT INTO audit_event SELECT * FROM audit_event ON CONFLICT (org_id, id) DO UPDATE SET subject = ''",
    ],
)
def test_the_audit_trail_is_only_added_to(app: Flask, who: str, change: str) -> None:
    audit.record(an_organization().id, audit.OPERATOR, "user.signed_out", "dana@harbor.example")
    db.session.commit()
    engine = owner() if who == "owner" else db.engine
    with engine.connect() as connection:
        connection.execute(text("SELECT set_config('app.org_id', 'all', true)"))
        with pytest.raises(DBAPIError, match=r"append-only|permission denied|row-level security"):
            connection.execute(text(change))

"""What rehearsals stand on: the version before, a ledger filled in few statements, and who counts as failed."""

from __future__ import annotations

from random import Random
from typing import Any

import psycopg
import pytest
from flask import Flask

from app.billing.wallet import verification
from app.extensions import db
from app.models import Transfer
from config import ROOT
from database_addresses import conninfo
from demo.simulator.client import UnreachableError
from dev.errors import ToolError
from dev.ports import free_port
from tests.factories import an_organization
from tests.support.database import another_session, superuser
from tests.support.serving import serving
from torture.journal import Journal
from torture.rehearsal import old_version, plan, report
from torture.rehearsal.filling import fill
from torture.rehearsal.traffic import Figures, Turns, client_of


def test_the_newest_migrations_are_those_of_the_folder() -> None:
    found = old_version.newest(3)
    assert found == sorted(path.name[:4] for path in (ROOT / "migrations" / "versions").glob("0*.py"))[-3:]


def test_a_commit_that_is_not_there_is_named() -> None:
    with pytest.raises(ToolError, match="archive"):
        old_version.unpack("no-such-commit", ROOT / "nowhere")


def test_settings_have_defaults_and_a_wrong_one_is_named() -> None:
    assert plan.read({}).transfers == 100_000
    with pytest.raises(ToolError, match="REHEARSAL_TRANSFERS"):
        plan.read({"REHEARSAL_TRANSFERS": "many"})


def test_a_filled_ledger_is_right(app: Flask) -> None:
    organization = an_organization(credit="5")
    db.session.commit()
    address = superuser().url.render_as_string(hide_password=False)
    with psycopg.connect(conninfo(address), autocommit=True) as connection:
        fill(connection, organization.id, 2_500)
    another_session()
    assert db.session.query(Transfer).filter_by(org_id=organization.id).count() == 2_502
    assert verification.check() == []


def test_requests_go_to_each_version_in_turn_and_failures_are_counted_by_name(capsys: Any) -> None:
    seen: list[str] = []

    def version(name: str, status: int) -> Flask:
        app = Flask(name)

        @app.get("/api/v1/holds/<key>")
        def show(key: str) -> tuple[dict[str, str], int]:
            seen.append(name)
            return {"key": key}, status

        return app

    figures, journal = Figures(), Journal()
    with serving(version("old", 200)) as old, serving(version("new", 200)) as new:
        turns = Turns(old, new)
        client = client_of("http://nowhere.example", "token", turns, figures, Random(1))
        figures.begin("both")
        for number in range(4):
            assert client.get(f"/holds/call-{number}").status == 200
        assert seen == ["old", "new", "old", "new"]
        assert report.show(figures, journal, may_fail=False) == 0
        figures.begin("gone")
        turns.go_to(f"http://127.0.0.1:{free_port()}")
        client.patience = 0
        with pytest.raises(UnreachableError):
            client.get("/holds/call-5")
    assert report.show(figures, journal, may_fail=False) == 1
    assert report.show(figures, journal, may_fail=True) == 0
    assert "GET /api/v1/holds/…: no answer" in capsys.readouterr().out

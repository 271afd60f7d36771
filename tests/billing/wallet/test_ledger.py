"""The ledger's own guards: append-only, and read by day in the organization's zone."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.billing.activity import history
from app.billing.activity.filters import Filters
from app.extensions import db
from app.models import HAS_OWN_CAUSE, Transfer, TransferKind
from config import ROOT
from tests.factories import an_organization, at, give_credit
from tests.support.database import owner
from tests.support.large_tables import large


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE transfer SET amount_micro = 1",
        "DELETE FROM transfer",
        "TRUNCATE transfer",
        "UPDATE audit_event SET actor = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
    ],
)
def test_the_database_refuses_to_change_or_delete_what_was_posted(app: Flask, change: str) -> None:
    organization = an_organization(credit="10")
    db.session.execute(
        text(
            "INSERT INTO audit_event (org_id, id, at, actor, action, subject, details) "
            "VALUES (:org, gen_random_uuid(), now(), 'a', 'b', 'c', '{}')"
        ),
        {"org": organization.id},
    )
    db.session.commit()
    with pytest.raises(DBAPIError, match="permission denied"):
        db.session.execute(text(change))
    with pytest.raises(DBAPIError, match="append-only"), owner().begin() as connection:
        connection.execute(text(change))


def test_the_database_refuses_to_post_twice_what_has_the_same_cause(app: Flask) -> None:
    an_organization(credit="10")
    again = text(
        "INSERT INTO transfer SELECT (jsonb_populate_record(transfer, '{\"seq\": 99}')).* FROM transfer"
    )
    with pytest.raises(IntegrityError, match="uq_transfer_cause"):
        db.session.execute(again)


CAUSES = re.compile(r"Transfer\.source(?: ==|\.(?:in_|startswith|like)\()")


def test_what_is_looked_up_by_its_cause_is_found_by_the_index_of_causes(app: Flask) -> None:
    """However often the statement was planned before: then PostgreSQL doesn't look at the values."""
    organization = an_organization(credit="10")
    asked = select(Transfer.seq).where(
        Transfer.org_id == organization.id, Transfer.kind == TransferKind.TOP_UP, Transfer.source == "pi_1"
    )
    with large("transfer"):
        db.session.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
        driver: Any = db.session.connection().connection.driver_connection
        for number, query in enumerate([asked.where(HAS_OWN_CAUSE), asked]):
            written = str(query.compile(db.engine, compile_kwargs={"render_postcompile": True}))
            for place, name in enumerate(re.findall(r"%\(\w+\)s", written), 1):
                written = written.replace(name, f"${place}", 1)
            driver.execute(f"PREPARE by_cause_{number} AS {written}")
            plan = driver.execute(
                f"EXPLAIN EXECUTE by_cause_{number} ('{organization.id}', 'top_up', 'pi_1')"
            )
            assert any("uq_transfer_cause" in line for (line,) in plan) is (number == 0)


def test_each_lookup_of_a_cause_says_that_it_is_one() -> None:
    lacking, looked_up = [], 0
    for path in sorted((ROOT / "app").rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef) and CAUSES.search(written := ast.unparse(function)):
                looked_up += 1
                if "HAS_OWN_CAUSE" not in written:
                    lacking.append(f"{path.relative_to(ROOT)}: {function.name}")
    assert looked_up > 3
    assert lacking == []


def test_days_are_the_organizations_own(app: Flask) -> None:
    organization = an_organization(timezone="Pacific/Auckland")
    give_credit(organization, "5", at=at("2026-11-10 12:30"))
    [line] = history.page(organization, Filters()).lines
    assert str(line.day) == "2026-11-11"


def test_pages_of_the_history_join_without_gap_or_repetition(app: Flask) -> None:
    organization = an_organization()
    for number in range(history.PAGE * 2 + 3):
        give_credit(organization, f"{number + 1}", at=at("2026-11-10 12:00"))
    first = history.page(organization, Filters())
    second = history.page(organization, Filters(), before=first.older)
    third = history.page(organization, Filters(), before=second.older)
    amounts = [line.amount.micro // 1_000_000 for page in (first, second, third) for line in page.lines]
    assert amounts == list(range(history.PAGE * 2 + 3, 0, -1))
    assert first.newer is None and third.older is None
    back = history.page(organization, Filters(), after=third.newer)
    assert [line.id for line in back.lines] == [line.id for line in second.lines]
    assert history.page(organization, Filters(), after=second.newer).lines == first.lines

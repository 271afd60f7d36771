"""What a transaction sees ends with it, and code says what it sees in one place."""

from __future__ import annotations

import ast
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.database import transactions
from app.extensions import db, driver_connection
from app.models import Organization, Wallet
from app.models.scope import Reason, scope_to, scoped_to, see_all, seeing_all
from app.models.usage import NO_ONE
from config import ROOT
from tests.factories import an_organization
from tests.support.database import behind_the_scenes, empty
from tests.support.rows import write

SEEN = text("SELECT current_setting('app.org_id', true)")
PROCESS = text("SELECT pg_backend_pid()")


def _fails() -> None:
    with suppress(DBAPIError):
        db.session.execute(text("SELECT 1 / 0"))
    db.session.rollback()


ENDS: dict[str, Callable[[], None]] = {
    "commit": db.session.commit,
    "rollback": db.session.rollback,
    "close": db.session.close,
    "remove": db.session.remove,
    "error": _fails,
}


@pytest.fixture
def one_connection(app: Flask) -> None:
    """The pool starts empty, so that anyone who asks next gets the connection that was given back last."""
    db.session.rollback()
    db.engine.dispose()


@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("end", ENDS)
def test_a_pooled_connection_carries_nothing_over(end: str) -> None:
    an_organization()
    process = db.session.scalar(PROCESS)
    assert db.session.scalar(SEEN) == "all"
    ENDS[end]()
    for level in ("READ COMMITTED", "AUTOCOMMIT"):
        with db.engine.connect().execution_options(isolation_level=level) as connection:
            assert connection.scalar(PROCESS) == process, "the same connection, for someone else"
            assert not connection.scalar(SEEN)
            assert connection.scalars(text("SELECT id FROM organization")).all() == []


@pytest.mark.usefixtures("one_connection")
def test_the_next_session_on_a_connection_sees_what_is_its_own() -> None:
    mine, other = an_organization(), an_organization()
    process = db.session.scalar(PROCESS)
    db.session.remove()
    scope_to(db.session(), other.id)
    assert db.session.scalar(PROCESS) == process
    assert _seen() == {other.id}
    db.session.remove()
    assert _seen() == set()
    scope_to(db.session(), mine.id)
    assert _seen() == {mine.id}


def test_a_change_of_scope_holds_in_the_transaction_that_is_running(app: Flask) -> None:
    mine, other = an_organization(), an_organization()
    assert _seen() == {mine.id, other.id}
    with scoped_to(mine.id):
        assert _seen() == {mine.id}
        with scoped_to(other.id, mine.id):
            assert _seen() == {mine.id, other.id}
            assert set(db.session.scalars(select(Wallet.org_id))) == {mine.id, other.id}
        with seeing_all(Reason.TESTS), scoped_to(NO_ONE):
            assert _seen() == set()
        assert _seen() == {mine.id}
        with suppress(ZeroDivisionError), scoped_to(other.id):
            raise ZeroDivisionError
        assert _seen() == {mine.id}
    assert _seen() == {mine.id, other.id}


@pytest.mark.long
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_of_several_are_seen_and_no_other(app: Flask, data: st.DataObject) -> None:
    """Also where ids end alike, which puts them into one setting, and after others were seen."""
    empty()
    ends = st.sampled_from(["00", "0f", "aa", "ff"])
    ids = [UUID(f"{uuid4().hex[:30]}{data.draw(ends)}") for _ in range(8)]
    with behind_the_scenes() as connection:
        for org_id in ids:
            write(connection, Organization.__table__, org_id)
    for wanted in data.draw(st.lists(st.sets(st.sampled_from(ids)), min_size=1, max_size=4)):
        with scoped_to(*wanted, *([uuid4()] if data.draw(st.booleans()) else [])):
            assert _seen() == wanted
            assert set(db.session.scalars(select(Organization.id))) == wanted
    assert _seen() == set(ids)


def test_the_drivers_own_statements_see_the_same_also_in_a_pipeline(app: Flask) -> None:
    mine, other = an_organization(), an_organization()
    with driver_connection().pipeline(), scoped_to(mine.id):
        rows = driver_connection().execute("SELECT id FROM organization").fetchall()
    assert rows == [(mine.id,)]
    with scoped_to(other.id):
        assert driver_connection().execute("SELECT id FROM organization").fetchall() == [(other.id,)]


def test_a_savepoint_that_is_rolled_back_takes_no_scope_with_it(app: Flask) -> None:
    mine, other = an_organization(), an_organization()
    savepoint = db.session.begin_nested()
    scope_to(db.session(), mine.id)
    assert _seen() == {mine.id}
    savepoint.rollback()
    assert _seen() == {mine.id}, "the database went back to all; the session did not"
    see_all(db.session(), Reason.TESTS)
    assert _seen() == {mine.id, other.id}


def test_a_flush_sends_no_settings_again(app: Flask) -> None:
    organization = an_organization("Harbor")
    db.session.refresh(organization)
    organization.name = "Harbor Freight"
    db.session.flush()
    state = transactions.get_state(db.session())
    assert state.seen == state.wanted != transactions.NONE


def test_what_was_changed_before_a_change_of_scope_is_written_by_what_was_seen_then(app: Flask) -> None:
    mine, other = an_organization(), an_organization()
    other.name = "Changed before"
    with scoped_to(mine.id):
        mine.name = "Changed within"
    db.session.commit()
    names = db.session.scalars(select(Organization.name).order_by(Organization.name)).all()
    assert names == ["Changed before", "Changed within"]


def test_only_what_names_organizations_can_be_wanted(app: Flask) -> None:
    for text_ in ("x'; DROP TABLE wallet; --", "ALL", "all,all", "1"):
        with pytest.raises(ValueError, match="names no organizations"):
            transactions.set_visible(db.session(), text_)
    with pytest.raises(TypeError, match="no reason"):
        see_all(db.session(), "because")  # type: ignore[arg-type]


def test_every_reason_to_see_all_is_given_somewhere_and_nothing_sees_all_another_way() -> None:
    given: set[str] = set()
    for file in [
        *(ROOT / "app").rglob("*.py"),
        *(ROOT / "benchmarks").rglob("*.py"),
        *(ROOT / "demo").rglob("*.py"),
        *(ROOT / "tests").rglob("*.py"),
    ]:
        source = file.read_text()
        for call in ast.walk(ast.parse(source)) if "see_all(" in source or "seeing_all(" in source else ():
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"see_all", "seeing_all"}:
                given |= {node.attr for node in ast.walk(call) if isinstance(node, ast.Attribute)}
    assert {reason.name for reason in Reason} <= given
    sources = {str(file.relative_to(ROOT)) for file in (ROOT / "app").rglob("*.py") if _sets_the_scope(file)}
    assert sources == {"app/database/transactions.py", "app/models/scope.py"}


def _sets_the_scope(file: Path) -> bool:
    source = file.read_text()
    return "app.org_id" in source or "transactions.want" in source or "transactions.ALL" in source


def _seen() -> set[object]:
    return set(db.session.scalars(text("SELECT id FROM organization")))

"""Visits at the provider: for one browser, one use, a few minutes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.clock import utc_now
from app.extensions import db
from app.models import ProviderVisit, VisitPurpose
from app.people.external import visits
from app.transaction import transaction
from tests.support.database import inside

pytestmark = pytest.mark.usefixtures("app")


def begun() -> str:
    with transaction():
        return visits.begin(VisitPurpose.SIGN_IN, "a browser", "/billing").state


def ended(state: str, browser: str = "a browser") -> bool:
    with transaction():
        return visits.end(state, browser) is not None


def test_it_ends_once() -> None:
    state = begun()
    with transaction():
        found = visits.end(state, "a browser")
    assert found is not None
    assert (found.purpose, found.way_back, found.request.state) == (VisitPurpose.SIGN_IN, "/billing", state)
    assert not ended(state)


def test_it_is_no_other_browsers_and_a_wrong_guess_leaves_it() -> None:
    state = begun()
    assert not ended(state, "another")
    assert not ended("\ud800")
    assert ended(state)


def test_it_is_over_after_ten_minutes_and_deleted() -> None:
    state = begun()
    with transaction():
        db.session.execute(update(ProviderVisit).values(expires_at=utc_now()))
    assert not ended(state)
    with transaction():
        visits.delete_expired()
    assert db.session.scalars(select(ProviderVisit)).all() == []


def test_what_is_stored_says_neither_the_state_nor_the_browser() -> None:
    state = begun()
    row = db.session.scalars(select(ProviderVisit)).one()
    assert state.encode() not in row.state_hash
    assert row.browser_hash != b"a browser"


def test_six_that_come_back_at_the_same_moment_are_one(app: Flask) -> None:
    state, barrier = begun(), Barrier(6)

    def one(_: int) -> bool:
        with inside(app):
            barrier.wait(10)
            return ended(state)

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(one, range(6))) == [False] * 5 + [True]

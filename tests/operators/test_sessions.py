"""Sessions of operators end by idleness, by age, and one by one; a code counts for minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.clock import utc_now
from app.extensions import db
from app.models import OperatorSession
from app.models.scope import Reason, seeing_all
from app.operators import sessions
from app.operators.sessions import ABSOLUTE, CONFIRMED_FOR, IDLE
from app.transaction import transaction
from tests.support.moved_clock import moved_clock
from tests.support.operating import an_operator


@pytest.fixture
def token(app: Flask) -> str:
    opened = an_operator()
    with transaction():
        return sessions.start(opened.operator, device="Firefox on Linux", address="192.0.2.1")


def test_it_ends_by_idleness_and_activity_makes_it_last(token: str) -> None:
    with moved_clock(utc_now() + IDLE - timedelta(minutes=1)):
        who = sessions.identify(token)
        assert who is not None
        assert sessions.should_touch(who)
        with transaction():
            sessions.touch(who)
    with moved_clock(utc_now() + IDLE + timedelta(minutes=1)):
        assert sessions.identify(token) is not None
    with moved_clock(utc_now() + 3 * IDLE):
        assert sessions.identify(token) is None


def test_nothing_makes_it_last_longer_than_a_working_day(token: str) -> None:
    with seeing_all(Reason.TESTS), transaction():
        db.session.scalars(db.select(OperatorSession)).one().seen_at = utc_now() + ABSOLUTE
    with moved_clock(utc_now() + ABSOLUTE + timedelta(minutes=1)):
        assert sessions.identify(token) is None


def is_confirmed(token: str) -> bool:
    who = sessions.identify(token)
    return who is not None and who.is_confirmed


def test_a_proof_counts_for_minutes(token: str) -> None:
    assert is_confirmed(token)
    with moved_clock(utc_now() + CONFIRMED_FOR):
        assert not is_confirmed(token)
        who = sessions.identify(token)
        assert who is not None
        with transaction():
            sessions.confirm(who)
        assert is_confirmed(token)


def test_one_ends_alone_and_old_ones_are_deleted(token: str) -> None:
    who = sessions.identify(token)
    assert who is not None
    with transaction():
        other = sessions.start(who.operator)
        sessions.end(token)
    assert sessions.identify(token) is None
    assert sessions.identify(other) is not None
    with moved_clock(utc_now() + IDLE + timedelta(minutes=1)), transaction():
        sessions.delete_expired()
    with seeing_all(Reason.TESTS):
        assert db.session.scalar(db.select(db.func.count()).select_from(OperatorSession)) == 0

"""Browsers that wait for a second factor: a few tries, one success, ten minutes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask

from app.clock import utc_now
from app.extensions import db
from app.models import PendingSignIn, User
from app.people import sessions
from app.people.factors import pending_sign_ins
from app.transaction import transaction
from tests.factories import a_person, an_organization
from tests.support.database import inside


@pytest.fixture
def dana(app: Flask) -> User:
    return a_person("dana@harbor.example", organization=an_organization())


def begun(user: User) -> str:
    with transaction():
        return pending_sign_ins.begin(user)


def test_the_browser_is_known_again_and_finishes_once(dana: User) -> None:
    token = begun(dana)
    assert pending_sign_ins.find(token) == dana
    assert db.session.scalars(db.select(PendingSignIn.token_hash)).one() != token.encode()
    with transaction():
        assert pending_sign_ins.finish(token)
        assert not pending_sign_ins.finish(token)
    assert pending_sign_ins.find(token) is None
    assert pending_sign_ins.find("\ud800") is None


def test_tries_are_counted_also_when_they_come_at_the_same_moment(app: Flask, dana: User) -> None:
    token = begun(dana)
    together = Barrier(8)

    def try_it(_: int) -> int:
        with inside(app):
            together.wait(10)
            with transaction():
                return pending_sign_ins.count_try(token) or 0

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(try_it, range(8))) == [0, 0, 0, 1, 2, 3, 4, 5]
    assert pending_sign_ins.MOST_FAILURES == 5
    assert pending_sign_ins.find(token) is None


def test_its_time_is_over_after_ten_minutes(dana: User) -> None:
    token = begun(dana)
    db.session.execute(db.update(PendingSignIn).values(expires_at=utc_now() - timedelta(seconds=1)))
    db.session.commit()
    assert pending_sign_ins.find(token) is None
    with transaction():
        assert not pending_sign_ins.count_try(token)
        assert not pending_sign_ins.finish(token)
        pending_sign_ins.delete_expired()
    assert db.session.scalars(db.select(PendingSignIn)).all() == []


def test_it_ends_with_the_persons_sessions(dana: User) -> None:
    token = begun(dana)
    with transaction():
        sessions.end_all(dana.id)
    assert pending_sign_ins.find(token) is None

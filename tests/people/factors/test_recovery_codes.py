"""Recovery codes: ten, hashed, each for one use."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask

from app.extensions import db
from app.models import RecoveryCode, User
from app.people.factors import recovery_codes
from app.transaction import transaction
from tests.factories import a_person, an_organization
from tests.support.database import inside
from tests.support.factors import codes_of


@pytest.fixture
def dana(app: Flask) -> User:
    return a_person("dana@harbor.example", organization=an_organization())


def use(user: User, code: str) -> bool:
    with transaction():
        return recovery_codes.use(user.id, code)


def test_each_of_ten_works_once_however_it_is_typed(dana: User) -> None:
    codes = codes_of(dana)
    assert len(set(codes)) == recovery_codes.COUNT == 10
    assert use(dana, codes[0])
    assert not use(dana, codes[0])
    assert use(dana, f" {codes[1].upper().replace('-', ' ')} ")
    assert use(dana, codes[2].replace("1", "I").replace("0", "o"))
    assert recovery_codes.count_left(dana.id) == 7
    assert not use(dana, "nothing of the kind")
    assert recovery_codes.looks_like_one(codes[3])
    assert not recovery_codes.looks_like_one("123456")


def test_new_codes_end_the_old_ones_and_a_code_is_one_persons(dana: User) -> None:
    other = a_person(organization=an_organization())
    old, theirs = codes_of(dana), codes_of(other)
    new = codes_of(dana)
    assert not use(dana, old[0])
    assert not use(dana, theirs[0])
    assert use(dana, new[0])
    assert use(other, theirs[0])


def test_none_can_be_read_in_the_database(dana: User) -> None:
    codes = codes_of(dana)
    stored = str(db.session.scalars(db.select(RecoveryCode.code_hash)).all())
    assert not [code for code in codes if code in stored or code.replace("-", "") in stored]


def test_of_browsers_with_the_same_code_at_the_same_moment_one_gets_in(app: Flask, dana: User) -> None:
    code, user_id = codes_of(dana)[0], dana.id
    together = Barrier(6)

    def try_it(_: int) -> bool:
        with inside(app):
            together.wait(10)
            with transaction():
                return recovery_codes.use(user_id, code)

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(try_it, range(6))) == [False] * 5 + [True]

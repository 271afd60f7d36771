"""Signing in to the console asks for all three: address, password and code."""

from __future__ import annotations

import pytest
from flask import Flask

from app.clock import utc_now
from app.extensions import db
from app.models import OperatorSession
from app.models.scope import Reason, seeing_all
from app.operators import accounts, sessions, sign_ins
from app.operators.sessions import CONFIRMED_FOR
from app.operators.trail import COMMAND
from app.transaction import transaction
from tests.factories import PASSWORD
from tests.support.factors import a_code
from tests.support.operating import Opened, an_operator, events


@pytest.fixture
def dana(app: Flask) -> Opened:
    return an_operator()


def sign_in(email: str, password: str, code: str) -> str | None:
    return sign_ins.sign_in(email, password, code, device="Firefox", address="192.0.2.1")


def test_all_three_open_a_session(dana: Opened) -> None:
    token = sign_in("Dana@operator.example ", PASSWORD, a_code(dana.secret, steps=1))
    assert token is not None
    assert sessions.identify(token) is not None
    assert events("operator.signed_in")[0].address == "192.0.2.1"


@pytest.mark.parametrize("wrong", ["email", "password", "code", "used code", "disabled"])
def test_each_of_them_has_to_be_right(dana: Opened, wrong: str) -> None:
    right = a_code(dana.secret, steps=1)
    if wrong == "disabled":
        with transaction():
            accounts.disable("dana@operator.example", COMMAND)
    tried = {
        "email": ("sam@operator.example", PASSWORD, right),
        "password": ("dana@operator.example", "another password", right),
        "code": ("dana@operator.example", PASSWORD, "not a code"),
        "used code": ("dana@operator.example", PASSWORD, a_code(dana.secret)),
    }
    assert sign_in(*tried.get(wrong, ("dana@operator.example", PASSWORD, right))) is None
    assert len(events("operator.sign_in_failed")) == (wrong != "email")


def test_who_has_not_joined_or_was_reset_has_no_password(dana: Opened) -> None:
    with transaction():
        accounts.reset("dana@operator.example", COMMAND)
    assert sign_in("dana@operator.example", PASSWORD, a_code(dana.secret, steps=1)) is None
    assert sign_in("dana@operator.example", "", a_code(dana.secret, steps=1)) is None


def test_a_code_confirms_it_once(dana: Opened) -> None:
    with transaction():
        token = sessions.start(dana.operator)
    with seeing_all(Reason.TESTS), transaction():
        long_ago = utc_now() - CONFIRMED_FOR
        db.session.scalars(db.select(OperatorSession)).one().confirmed_at = long_ago
    who = sessions.identify(token)
    assert who is not None
    right = a_code(dana.secret, steps=1)
    for code, is_right in (("none", False), (right, True)):
        with transaction():
            assert sign_ins.confirm(who, code, address=None) is is_right
    assert len(events("operator.confirmation_failed")) == 1


def test_for_minutes_no_further_code_is_needed(dana: Opened) -> None:
    with transaction():
        who = sessions.identify(sessions.start(dana.operator))
    assert who is not None
    with transaction():
        assert sign_ins.confirm(who, "none", address=None)

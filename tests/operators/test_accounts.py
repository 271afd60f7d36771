"""Accounts of operators: opened once by a link, with a code; reset, disabled, and given another role."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.clock import utc_now
from app.extensions import db
from app.models import OperatorRole
from app.models.scope import scope_to
from app.operators import accounts, sessions
from app.operators.accounts import LINK_VALID_FOR, OperatorError
from app.operators.trail import COMMAND
from app.people.organizations import PeopleError
from app.people.password_rules import WeakPasswordError
from app.transaction import transaction
from tests.factories import PASSWORD, an_organization
from tests.support.factors import a_code
from tests.support.moved_clock import moved_clock
from tests.support.operating import Opened, an_operator, events


def a_link(email: str = "dana@operator.example") -> str:
    with transaction():
        return accounts.add(email, name="Dana", role=OperatorRole.SUPPORT, doer=COMMAND)


def a_secret(token: str) -> str:
    found = accounts.find_by_link(token)
    assert found is not None
    return accounts.setup_of(found).secret


def join(token: str, code: str, password: str = PASSWORD) -> bool:
    with transaction():
        return accounts.join(token, password, code, address=None) is not None


def test_a_link_opens_an_account_once_with_a_code_of_its_app(app: Flask) -> None:
    token = a_link()
    secret = a_secret(token)
    assert not join(token, "000000" if a_code(secret) != "000000" else "1")
    with pytest.raises(WeakPasswordError):
        join(token, a_code(secret), "password1")
    assert join(token, a_code(secret))
    with pytest.raises(OperatorError):
        join(token, a_code(secret, steps=1))
    assert accounts.find_by_link(token) is None
    assert [one.action for one in events()] == ["operator.added", "operator.joined"]


def test_a_link_is_over_after_a_day(app: Flask) -> None:
    token = a_link()
    with moved_clock(utc_now() + LINK_VALID_FOR):
        assert accounts.find_by_link(token) is None


def test_the_same_address_is_one_operator_however_it_is_written(app: Flask) -> None:
    a_link("dana@operator.example")
    with transaction(), pytest.raises(OperatorError, match="already"):
        accounts.add("Dana@Operator.example", name="Dana", role=OperatorRole.SUPPORT, doer=COMMAND)
    with transaction(), pytest.raises(PeopleError):
        accounts.add("dana", name="Dana", role=OperatorRole.SUPPORT, doer=COMMAND)
    for name in (" ", "\u3164"):
        with transaction(), pytest.raises(OperatorError, match="name"):
            accounts.add("sam@operator.example", name=name, role=OperatorRole.SUPPORT, doer=COMMAND)


@pytest.mark.parametrize("end", ["disable", "reset"])
def test_who_is_disabled_or_reset_is_out_at_the_next_request(app: Flask, end: str) -> None:
    opened = an_operator()
    with transaction():
        token = sessions.start(opened.operator)
    assert sessions.identify(token) is not None
    with transaction():
        getattr(accounts, end)(opened.operator.email, COMMAND)
    assert sessions.identify(token) is None


def test_a_reset_gives_another_secret_and_lets_a_disabled_operator_in_again(app: Flask) -> None:
    opened = an_operator()
    with transaction():
        accounts.disable(opened.operator.email, COMMAND)
    with transaction():
        token = accounts.reset(opened.operator.email, COMMAND)
    assert a_secret(token) != opened.secret
    assert join(token, a_code(a_secret(token)))


def test_a_role_counts_from_the_next_request_on(app: Flask) -> None:
    opened = an_operator(role=OperatorRole.SUPPORT)
    with transaction():
        token = sessions.start(opened.operator)
        accounts.change_role(opened.operator.email, OperatorRole.FINANCE, COMMAND)
    who = sessions.identify(token)
    assert who is not None
    assert who.operator.may_grant
    with transaction(), pytest.raises(OperatorError):
        accounts.change_role("no-one@operator.example", OperatorRole.FINANCE, COMMAND)


def test_a_code_counts_once(app: Flask) -> None:
    now = utc_now()
    # From the beginning of a code's half minute on, in which the test is over.
    with moved_clock(now + timedelta(seconds=30 - now.timestamp() % 30)):
        opened = an_operator()
        uses_each_code_once(opened)


def uses_each_code_once(opened: Opened) -> None:
    with transaction():
        operator = accounts.lock(opened.operator.id)
        assert not accounts.use_code(operator, a_code(opened.secret)), "joining used it"
        assert accounts.use_code(operator, a_code(opened.secret, steps=1))
        assert not accounts.use_code(operator, a_code(opened.secret, steps=1))


def test_a_session_of_an_organization_sees_no_operator_and_an_account_is_never_removed(app: Flask) -> None:
    an_operator()
    scope_to(db.session(), an_organization().id)
    for table in ("operator", "operator_session", "operator_event"):
        assert db.session.scalar(text(f"SELECT count(*) FROM {table}")) == 0
    with pytest.raises(DBAPIError):
        db.session.execute(text("DELETE FROM operator"))
    db.session.rollback()

"""While Stripe can't be reached, every page is there all the same: the balance with it, and what is read from Stripe says so
by itself."""

from __future__ import annotations

import pytest
from flask import Flask

from app.extensions import db
from app.models import User
from tests.factories import a_person
from tests.support.addresses import addresses
from tests.support.browsing import Visitor, text_of
from tests.support.sandbox import Sandbox
from tests.support.states import State, busy, going_down, waiting_for_the_bank

EVERYTHING = [
    f"{method} /v1{path}" for method in ("GET", "POST", "DELETE") for path in ("/*", "/*/*", "/*/*/*")
]
WITH_BALANCE = {"overview.show", "wallet.show"}


OTHER_STATES = [pytest.param(state, marks=pytest.mark.long) for state in (going_down, waiting_for_the_bank)]


@pytest.mark.parametrize("state", [busy, *OTHER_STATES])
def test_every_page_is_there(app: Flask, sandbox: Sandbox, visitor: Visitor, state: State) -> None:
    organization = state()
    person: User = a_person(organization=organization)
    visitor.begin_session(person.email)
    for operation in EVERYTHING:
        sandbox.fail(operation, "drop_before", times=1000)
    found = list(addresses(app, organization, person))
    db.session.rollback()
    answers = {each: visitor.get(each.path) for each in found}
    assert {each.path: one.status_code for each, one in answers.items() if one.status_code >= 500} == {}
    for each, answer in answers.items():
        if each.name in WITH_BALANCE:
            assert "available credit" in text_of(answer).lower(), each.path
    assert {each.name for each in found} >= WITH_BALANCE

"""Operators of the console, made through the domain's own functions."""

from __future__ import annotations

from dataclasses import dataclass

from app.extensions import db
from app.models import Operator, OperatorEvent, OperatorRole
from app.models.scope import Reason, seeing_all
from app.operators import accounts
from app.operators.trail import COMMAND
from app.transaction import transaction
from tests.factories import PASSWORD
from tests.support.factors import a_code


@dataclass(frozen=True, slots=True)
class Opened:
    """An operator who has joined, and the secret in their authenticator app. The code of this moment is used."""

    operator: Operator
    secret: str

    def code(self) -> str:
        """A code that wasn't used yet, which lets the next one be later."""
        with seeing_all(Reason.TESTS), transaction():
            accounts.lock(self.operator.id).last_step = None
        return a_code(self.secret)


def an_operator(
    email: str = "dana@operator.example",
    *,
    name: str = "Dana Whitfield",
    role: OperatorRole = OperatorRole.FINANCE,
) -> Opened:
    """Someone who may use the console, with the password of all tests."""
    with transaction():
        token = accounts.add(email, name=name, role=role, doer=COMMAND)
    found = accounts.find_by_link(token)
    assert found is not None
    secret = accounts.setup_of(found).secret
    with transaction():
        operator = accounts.join(token, PASSWORD, a_code(secret), address="192.0.2.1")
    assert operator is not None
    return Opened(operator, secret)


def events(action: str = "") -> list[OperatorEvent]:
    """What operators did, oldest first, of one kind or all."""
    with seeing_all(Reason.TESTS):
        query = db.select(OperatorEvent).order_by(OperatorEvent.at, OperatorEvent.id)
        return list(db.session.scalars(query.where(OperatorEvent.action == action) if action else query))

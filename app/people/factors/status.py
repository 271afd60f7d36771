"""Which factors a person has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select

from app.extensions import db
from app.models import AuthenticatorApp, Passkey, User
from app.models.scope import Reason, seeing_all
from app.people.factors import authenticator_apps, recovery_codes


@dataclass(frozen=True, slots=True)
class Factors:
    """A person's passkeys by age, their authenticator app, and how many recovery codes are unused."""

    passkeys: tuple[Passkey, ...]
    app: AuthenticatorApp | None
    codes_left: int

    @property
    def count(self) -> int:
        """How many there are to sign in with. Recovery codes are a way back, not a factor."""
        return len(self.passkeys) + (self.app is not None)


@seeing_all(Reason.PEOPLE)
def gather(user_id: UUID) -> Factors:
    """The factors of a person."""
    own = select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.created_at, Passkey.id)
    found = db.session.scalars(own, execution_options={"populate_existing": True})
    return Factors(tuple(found), authenticator_apps.find(user_id), recovery_codes.count_left(user_id))


@seeing_all(Reason.SIGN_IN)
def has_any(user_id: UUID) -> bool:
    """Whether signing in takes a second step."""
    return bool(db.session.scalar(select(is_there(user_id))))


@seeing_all(Reason.PEOPLE)
def who_has(user_ids: Iterable[UUID]) -> set[UUID]:
    """Those of some people who have a factor."""
    query = select(User.id).where(User.id.in_(list(user_ids)), is_there(User.id))
    return set(db.session.scalars(query))


def is_there(user_id: Any) -> ColumnElement[bool]:
    """The condition that a person has a factor, for queries; `user_id` is a value or a column."""
    confirmed = AuthenticatorApp.confirmed_at.is_not(None)
    return exists().where(Passkey.user_id == user_id) | exists().where(
        AuthenticatorApp.user_id == user_id, confirmed
    )

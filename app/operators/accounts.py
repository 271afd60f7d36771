"""Accounts of operators: made by a command, opened with a link that it prints, and ended by another."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import Operator, OperatorRole
from app.models.scope import Reason, seeing_all
from app.operators import sessions, trail
from app.operators.trail import Doer
from app.people import password_rules, passwords
from app.people.digests import digest_of
from app.people.factors import encryption, totp
from app.people.factors.totp import Setup
from app.people.organizations import checked_address
from app.text import is_blank

LINK_VALID_FOR = timedelta(hours=24)
ISSUER = "Voice Portal operators"
"""What an authenticator app calls these codes, beside those of someone who is an owner, too."""


class OperatorError(ValueError):
    """An account can't be made, found or opened; the text says why."""


@seeing_all(Reason.CONSOLE)
def add(email: str, *, name: str, role: OperatorRole, doer: Doer) -> str:
    """Make an account, in the caller's transaction; returns the token of the link that opens it.

    Raises `OperatorError`, and `PeopleError` for what is no address.
    """
    address, name = checked_address(email), name.strip()
    if find(address) is not None:
        raise OperatorError(f"{address} is an operator already. See `flask operator list`.")
    if is_blank(name):
        raise OperatorError("Give the operator's name: owners read it where something was done for them.")
    token, id_ = secrets.token_urlsafe(32), uuid7()
    db.session.add(
        Operator(
            id=id_,
            email=address,
            name=name,
            role=role,
            encrypted_secret=encryption.current().encrypt(totp.new_secret(), id_),
            link_hash=digest_of(token),
            link_ends_at=utc_now() + LINK_VALID_FOR,
        )
    )
    trail.record(doer, "operator.added", f"{address}, {role.value}")
    return token


@seeing_all(Reason.CONSOLE)
def reset(email: str, doer: Doer) -> str:
    """Forget password and authenticator app, end every session, and return the token of a new link. It also lets a
    disabled operator in again. Raises `OperatorError`."""
    operator = _locked(email)
    token = secrets.token_urlsafe(32)
    operator.password_hash, operator.last_step, operator.disabled_at = None, None, None
    operator.encrypted_secret = encryption.current().encrypt(totp.new_secret(), operator.id)
    operator.link_hash, operator.link_ends_at = digest_of(token), utc_now() + LINK_VALID_FOR
    sessions.end_all(operator.id)
    trail.record(doer, "operator.reset", operator.email)
    return token


@seeing_all(Reason.CONSOLE)
def disable(email: str, doer: Doer) -> None:
    """Let someone in no more, and out immediately. Raises `OperatorError`."""
    operator = _locked(email)
    operator.disabled_at = operator.disabled_at or utc_now()
    operator.link_hash = operator.link_ends_at = None
    sessions.end_all(operator.id)
    trail.record(doer, "operator.disabled", operator.email)


@seeing_all(Reason.CONSOLE)
def change_role(email: str, role: OperatorRole, doer: Doer) -> None:
    """Give another role, which counts from the next request on. Raises `OperatorError`."""
    operator = _locked(email)
    operator.role = role
    trail.record(doer, "operator.role_changed", f"{operator.email}, {role.value}")


@seeing_all(Reason.CONSOLE)
def list_all() -> list[Operator]:
    """Every account, by address."""
    return list(db.session.scalars(select(Operator).order_by(func.lower(Operator.email))))


@seeing_all(Reason.CONSOLE)
def find(email: str) -> Operator | None:
    """The account of an address, ignoring case."""
    wanted = select(Operator).where(func.lower(Operator.email) == email.strip().lower())
    return db.session.scalar(wanted, execution_options={"populate_existing": True})


@seeing_all(Reason.CONSOLE)
def find_by_link(token: str) -> Operator | None:
    """The account that a link opens, while it does."""
    wanted = select(Operator).where(
        Operator.link_hash == digest_of(token),
        Operator.link_ends_at > utc_now(),
        Operator.disabled_at.is_(None),
    )
    return db.session.scalar(wanted, execution_options={"populate_existing": True})


def setup_of(operator: Operator) -> Setup:
    """What their authenticator app is told. Only for someone who has the link."""
    return totp.setup(_secret_of(operator), operator.email, issuer=ISSUER)


@seeing_all(Reason.CONSOLE)
def join(token: str, password: str, code: str, *, address: str | None) -> Operator | None:
    """Choose a password, with a code that shows that the app works; None if the code is wrong. In the caller's
    transaction, which uses up the link. Raises `OperatorError` for a link that is over, and `WeakPasswordError`."""
    found = find_by_link(token)
    operator = lock(found.id) if found is not None else None
    if operator is None or operator.link_hash != digest_of(token):
        raise OperatorError("This link is over.")
    password_rules.check(password, (operator.email, operator.name))
    if not use_code(operator, code):
        return None
    operator.password_hash = passwords.hash_password(password)
    operator.link_hash = operator.link_ends_at = None
    db.session.flush()
    trail.record(Doer(operator, address), "operator.joined", operator.email)
    return operator


@seeing_all(Reason.CONSOLE)
def lock(operator_id: UUID) -> Operator:
    """The account as of now, locked until the transaction ends: before any wallet."""
    return db.session.get_one(Operator, operator_id, with_for_update=True, populate_existing=True)


@seeing_all(Reason.CONSOLE)
def use_code(operator: Operator, code: str) -> bool:
    """Whether a code is right and wasn't used before; uses it up. The account is locked."""
    step = totp.step_of(_secret_of(operator), code)
    if step is None or (operator.last_step is not None and step <= operator.last_step):
        return False
    operator.last_step = step
    db.session.flush()
    return True


def _locked(email: str) -> Operator:
    found = find(email)
    if found is None:
        raise OperatorError(f"{email!r} is no operator. See `flask operator list`.")
    return lock(found.id)


def _secret_of(operator: Operator) -> str:
    return encryption.current().decrypt(operator.encrypted_secret, operator.id)

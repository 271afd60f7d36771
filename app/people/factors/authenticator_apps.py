"""Codes of an authenticator app (`app.people.factors.totp`).

A code is accepted once: the time step of the newest accepted one is stored, and an older or the same step is refused
(section 5.2). Of two browsers that send the same code at the same moment, one gets in. A clock may be one step of 30
seconds off, either way.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select, update

from app.clock import utc_now
from app.extensions import db
from app.language import gettext
from app.models import AuthenticatorApp, User
from app.models.scope import Reason, seeing_all
from app.people.factors import changes, encryption, totp
from app.people.factors.totp import Setup
from app.people.organizations import PeopleError

VALID_FOR = timedelta(minutes=30)
"""How long setting one up may take."""


class SetupOverError(PeopleError):
    """Nothing is being set up: it was finished elsewhere, or begun too long ago."""

    def __init__(self) -> None:
        super().__init__(gettext("No app is being set up. Open the page again to see what is set up now."))


@seeing_all(Reason.PEOPLE)
def begin(user: User) -> Setup:
    """Begin to set up an app, with a new secret; until a code confirms it, the app before it counts.

    A secret that was begun with is replaced: someone else may have begun, and have seen it. In the caller's
    transaction; locks the person.
    """
    changes.lock(user.id)
    unconfirmed = AuthenticatorApp.confirmed_at.is_(None)
    db.session.execute(delete(AuthenticatorApp).where(AuthenticatorApp.user_id == user.id, unconfirmed))
    secret = totp.new_secret()
    encrypted = encryption.current().encrypt(secret, user.id)
    db.session.add(AuthenticatorApp(user_id=user.id, encrypted_secret=encrypted, created_at=utc_now()))
    db.session.flush()
    return _setup(user, secret)


@seeing_all(Reason.PEOPLE)
def find_setup(user: User) -> Setup | None:
    """What is being set up, if anything is."""
    found = _begun(user.id)
    return _setup(user, _secret_of(found)) if found is not None else None


@seeing_all(Reason.PEOPLE)
def confirm(user: User, code: str) -> bool:
    """Confirm the app that is being set up by its first code, replacing the one before; False if the code is wrong.

    In the caller's transaction; locks the person. Raises `SetupOverError`.
    """
    changes.lock(user.id)
    found = _begun(user.id)
    if found is None:
        raise SetupOverError
    step = totp.step_of(_secret_of(found), code)
    if step is None:
        return False
    db.session.execute(
        delete(AuthenticatorApp).where(
            AuthenticatorApp.user_id == user.id, AuthenticatorApp.confirmed_at.is_not(None)
        )
    )
    found.confirmed_at = utc_now()
    found.last_step = step
    db.session.flush()
    return True


@seeing_all(Reason.SIGN_IN)
def verify(user_id: UUID, code: str) -> bool:
    """Whether a code is right and wasn't accepted before. In the caller's transaction, which uses the code up."""
    found = _row(user_id, confirmed=True)
    if found is None:
        return False
    secret = _secret_of(found)
    step = totp.step_of(secret, code)
    if step is None:
        return False
    # One statement: a second browser waits for the first one's row, and then finds the step used.
    used = (
        update(AuthenticatorApp)
        .where(
            AuthenticatorApp.id == found.id,
            or_(AuthenticatorApp.last_step.is_(None), AuthenticatorApp.last_step < step),
        )
        .values(last_step=step, last_used_at=utc_now())
        .returning(AuthenticatorApp.id)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(used) is None:
        return False
    if encryption.current().is_outdated(found.encrypted_secret):
        renewed = encryption.current().encrypt(secret, user_id)
        db.session.execute(
            update(AuthenticatorApp)
            .where(AuthenticatorApp.id == found.id)
            .values(encrypted_secret=renewed)
            .execution_options(synchronize_session=False)
        )
    return True


@seeing_all(Reason.PEOPLE)
def find(user_id: UUID) -> AuthenticatorApp | None:
    """The app whose codes let the person in."""
    return _row(user_id, confirmed=True)


@seeing_all(Reason.PEOPLE)
def remove(user_id: UUID, *, with_setup: bool = False) -> bool:
    """Remove the app; False if there is none. In the caller's transaction."""
    own = delete(AuthenticatorApp).where(AuthenticatorApp.user_id == user_id)
    if not with_setup:
        own = own.where(AuthenticatorApp.confirmed_at.is_not(None))
    return bool(db.session.execute(own).rowcount)  # type: ignore[attr-defined]


def _row(user_id: UUID, *, confirmed: bool) -> AuthenticatorApp | None:
    is_confirmed = AuthenticatorApp.confirmed_at.is_not(None)
    query = select(AuthenticatorApp).where(
        AuthenticatorApp.user_id == user_id, is_confirmed if confirmed else ~is_confirmed
    )
    return db.session.scalar(query, execution_options={"populate_existing": True})


def _begun(user_id: UUID) -> AuthenticatorApp | None:
    found = _row(user_id, confirmed=False)
    return found if found is not None and utc_now() - found.created_at < VALID_FOR else None


def _secret_of(row: AuthenticatorApp) -> str:
    return encryption.current().decrypt(row.encrypted_secret, row.user_id)


def _setup(user: User, secret: str) -> Setup:
    return totp.setup(secret, user.email)

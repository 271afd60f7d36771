"""Whose account an identity opens. By issuer and subject, never by the address: addresses are given to others."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app import openid
from app.billing.audit import Actor
from app.clock import utc_now
from app.database.locks import advisory_lock
from app.extensions import db
from app.ids import uuid7
from app.language import gettext
from app.models import ExternalIdentity, User
from app.models.scope import Reason, seeing_all
from app.notify.emails import IdentityConnected
from app.people import own_mail, own_trail
from app.people.external.claims import Claims
from app.people.factors import status
from app.people.organizations import PeopleError, checked_address


class IdentityError(PeopleError):
    """An identity opens no account; the message says what to do."""


class AddressNotVerifiedError(IdentityError):
    """The issuer doesn't say that the address is the person's own."""

    def __init__(self) -> None:
        super().__init__(
            gettext("Confirm your email address there, or ask those who run it to, and try again.")
        )


class AddressTakenError(IdentityError):
    """The account of the address, or of the person, belongs to another identity of the same issuer."""

    def __init__(self) -> None:
        super().__init__(
            gettext("The account of your address belongs to someone else there. Contact support.")
        )


class OtherAddressError(IdentityError):
    """Someone connects an identity with another address than that of their account."""

    def __init__(self, email: str) -> None:
        super().__init__(
            gettext("Sign in there with the address of your account, %(email)s, and try again.", email=email)
        )


def lock(issuer: str, subject: str) -> None:
    """Lock an identity, whether or not it is known yet, until the caller's transaction ends: before the organizations
    and the person, so that of several at the same moment each finds what the one before made."""
    advisory_lock(db.session(), f"identity {issuer} {subject}")


@seeing_all(Reason.PEOPLE)
def find(issuer: str, subject: str) -> ExternalIdentity | None:
    """The identity, if it opens an account."""
    query = select(ExternalIdentity).where(
        ExternalIdentity.issuer == issuer, ExternalIdentity.subject == subject
    )
    return db.session.scalar(query, execution_options={"populate_existing": True})


@seeing_all(Reason.PEOPLE)
def find_of(user_id: UUID, issuer: str) -> ExternalIdentity | None:
    """Who a person is at an issuer, if known."""
    query = select(ExternalIdentity).where(
        ExternalIdentity.user_id == user_id, ExternalIdentity.issuer == issuer
    )
    return db.session.scalar(query, execution_options={"populate_existing": True})


@seeing_all(Reason.PEOPLE)
def signs_in_otherwise(user: User, issuer: str) -> bool:
    """Whether someone could sign in to the account without this issuer: with a password, a factor, or as who they
    are at another issuer. Then its word for the address opens nothing of it."""
    elsewhere = select(ExternalIdentity.id).where(
        ExternalIdentity.user_id == user.id, ExternalIdentity.issuer != issuer
    )
    if user.password_hash is not None or status.has_any(user.id):
        return True
    return db.session.scalar(elsewhere.limit(1)) is not None


def comes_by_provider(user: User) -> bool:
    """Whether someone has no password, and signs in with the identity provider instead."""
    client = openid.current()
    if client is None or user.password_hash is not None:
        return False
    return find_of(user.id, client.provider.issuer) is not None


@seeing_all(Reason.PEOPLE)
def add(user: User, claims: Claims) -> ExternalIdentity:
    """Let an identity open an account. In the caller's transaction. Raises `AddressTakenError`."""
    if find_of(user.id, claims.issuer) is not None:
        raise AddressTakenError
    made = ExternalIdentity(
        id=uuid7(), user_id=user.id, issuer=claims.issuer, subject=claims.subject, last_used_at=utc_now()
    )
    db.session.add(made)
    db.session.flush()
    return made


@seeing_all(Reason.PEOPLE)
def connect(user: User, claims: Claims, actor: Actor) -> ExternalIdentity:
    """Let an identity open the account of someone who is signed in to it, and tell them. In the caller's transaction;
    repeating it changes nothing.

    Raises `AddressNotVerifiedError`, `OtherAddressError` and `AddressTakenError`.
    """
    found = find(claims.issuer, claims.subject)
    if found is not None:
        if found.user_id != user.id:
            raise AddressTakenError
        return found
    if verified_address(claims).lower() != user.email.lower():
        raise OtherAddressError(user.email)
    return add_and_notify(user, claims, actor)


@seeing_all(Reason.PEOPLE)
def add_and_notify(user: User, claims: Claims, actor: Actor) -> ExternalIdentity:
    """As `add`, for an account that was there before: recorded, and told to the person."""
    made = add(user, claims)
    name = claims.issuer_name
    own_trail.record(user, actor, "user.identity_connected", provider=name)
    email = IdentityConnected(email=user.email, provider=name, at=utc_now(), address=actor.address)
    own_mail.write_if_possible(user, email, source=str(made.id))
    return made


def verified_address(claims: Claims) -> str:
    """The person's own address. Raises `AddressNotVerifiedError`."""
    if not claims.email_is_verified:
        raise AddressNotVerifiedError
    try:
        address = checked_address(claims.email)
    except PeopleError as error:
        raise AddressNotVerifiedError from error
    mailbox, said = (one.rpartition("@")[0] for one in (address, claims.email))
    # Unicode's normal form turns the sign of Kelvin into a K: the issuer has verified another mailbox than that.
    if mailbox.isascii() and not said.isascii():
        raise AddressNotVerifiedError
    return address

"""Second factors of people, and sign-ins that wait for one. They belong to people, not to organizations."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Created, Id, When, Words, enum_type
from app.models.tries import FewTries


class Passkey(Base):
    """A passkey of a person (https://www.w3.org/TR/webauthn-3/#credential-record).

    `sign_count` is what its authenticator last counted, 0 where it doesn't count. `is_syncable`: it may be copied to
    other devices of the person; `is_synced`: it was, as last seen.
    """

    __tablename__ = "passkey"
    __table_args__ = (Index("uq_passkey_credential_id", "credential_id", unique=True),)

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1023))
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    transports: Mapped[list[str]] = mapped_column(ARRAY(Text))
    is_syncable: Mapped[bool]
    is_synced: Mapped[bool]
    name: Mapped[Words]
    created_at: Mapped[Created]
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ChallengePurpose(StrEnum):
    """What a passkey is asked for. A challenge for one is none for another."""

    ADD = "add"
    SIGN_IN = "sign_in"
    SECOND_STEP = "second_step"
    CONFIRM = "confirm"


class PasskeyChallenge(Base):
    """A challenge that a browser has been given, deleted when it comes back.

    `browser_hash` is the hash of a secret in the browser's session, or of the token that it is signed in with;
    `user_id` is empty where the passkey tells who signs in.
    """

    __tablename__ = "passkey_challenge"

    challenge_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    purpose: Mapped[ChallengePurpose] = mapped_column(enum_type(ChallengePurpose))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    expires_at: Mapped[When] = mapped_column(DateTime(timezone=True), index=True)


class AuthenticatorApp(Base):
    """The secret that a person's authenticator app makes codes of, encrypted.

    Without `confirmed_at` it is being set up and lets no one in: a person has at most one of each. `last_step` is the
    time step of the newest code that was accepted.
    """

    __tablename__ = "authenticator_app"
    __table_args__ = (
        Index(
            "uq_authenticator_app_user_id_confirmed",
            "user_id",
            text("(confirmed_at IS NULL)"),
            unique=True,
        ),
    )

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    encrypted_secret: Mapped[Words]
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[Created]
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class RecoveryCode(Base):
    """One of a person's recovery codes; only its hash is stored."""

    __tablename__ = "recovery_code"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    created_at: Mapped[Created]
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class PendingSignIn(FewTries, Base):
    """A browser whose password was right and whose second factor is still missing. It opens no page.

    The browser's session has the token; only its hash is stored. `failures` are wrong codes. `identity_id` is who the
    person signed in as at an identity provider, instead of a password.
    """

    __tablename__ = "pending_sign_in"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), index=True)
    identity_id: Mapped[UUID | None] = mapped_column(ForeignKey("external_identity.id"))

"""Passkeys (https://www.w3.org/TR/webauthn-3/), verified by py_webauthn.

A passkey is two factors in one: the device that has it, and the finger, face or PIN that unlocks it. So user
verification is always required, and a passkey signs in without a password too: it is discoverable and tells whose it
is. What a relying party has to check beyond a signature (sections 7.1 and 7.2) is either the library's work or said
here.
"""

from __future__ import annotations

from uuid import UUID

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.language import gettext
from app.models import ChallengePurpose, Passkey, User
from app.models.scope import Reason, seeing_all
from app.people.factors import challenges, changes, passkey_answers, relying_party
from app.people.factors.passkey_answers import Answer, OverError, PasskeyError, RefusedError

log = structlog.get_logger("billing.auth")

MOST = 20
"""How many passkeys a person may have."""
LONGEST_NAME = 60
_LONGEST_ID = 1023
_TIMEOUT = int(challenges.VALID_FOR.total_seconds() * 1000)


class TooManyError(PasskeyError):
    """The person has `MOST` passkeys."""

    def __init__(self) -> None:
        super().__init__(
            gettext("You have %(count)s passkeys, which is the most. Remove one first.", count=MOST)
        )


@seeing_all(Reason.PEOPLE)
def registration_options(user: User, browser: str) -> str:
    """What the browser needs to create a passkey, as JSON. In the caller's transaction. Raises `TooManyError`."""
    known = _list(user.id)
    if len(known) >= MOST:
        raise TooManyError
    party = relying_party.current()
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=relying_party.NAME,
        # No name or address (https://www.w3.org/TR/webauthn-3/#sctn-user-handle-privacy).
        user_id=user.id.bytes,
        user_name=user.email,
        user_display_name=user.name or user.email,
        challenge=challenges.issue(ChallengePurpose.ADD, browser, user.id),
        timeout=_TIMEOUT,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_described(known),
    )
    return options_to_json(options)


@seeing_all(Reason.PEOPLE)
def add(user: User, text: str, browser: str, *, name: str) -> Passkey:
    """Add the passkey that the browser created. In the caller's transaction; locks the person.

    Raises `PasskeyError`; the challenge is used up all the same, so the caller commits.
    """
    answer = passkey_answers.read(text)
    if not challenges.take(answer.challenge, ChallengePurpose.ADD, browser, user.id):
        raise OverError
    verified = _verify_new(answer)
    changes.lock(user.id)
    count = db.session.scalar(select(func.count()).where(Passkey.user_id == user.id)) or 0
    if count >= MOST:
        raise TooManyError
    new = insert(Passkey).values(
        id=uuid7(),
        user_id=user.id,
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        transports=list(answer.transports),
        is_syncable=verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        is_synced=verified.credential_backed_up,
        name=checked_name(name) or gettext("Passkey %(count)s", count=count + 1),
        created_at=utc_now(),
    )
    made = db.session.scalar(new.on_conflict_do_nothing().returning(Passkey.id))
    if made is None:
        # Someone has it already: it stays theirs (section 7.1, step 27).
        raise RefusedError
    return db.session.get_one(Passkey, made)


@seeing_all(Reason.SIGN_IN)
def request_options(purpose: ChallengePurpose, browser: str, user: User | None) -> str:
    """What the browser needs to use a passkey for this purpose, as JSON. In the caller's transaction.

    With `user` it is one of that person's; without, the passkey tells who signs in, and nothing here reveals who has
    one.
    """
    options = generate_authentication_options(
        rp_id=relying_party.current().id,
        challenge=challenges.issue(purpose, browser, user.id if user else None),
        timeout=_TIMEOUT,
        allow_credentials=_described(_list(user.id)) if user else [],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


@seeing_all(Reason.SIGN_IN)
def verify(purpose: ChallengePurpose, text: str, browser: str, user: User | None) -> User:
    """Whose passkey was used for this purpose; with `user`, only that person's. In the caller's transaction; locks
    the passkey.

    Raises `PasskeyError`; the challenge is used up all the same, so the caller commits.
    """
    answer = passkey_answers.read(text)
    if not challenges.take(answer.challenge, purpose, browser, user.id if user else None):
        raise OverError
    found = db.session.scalar(
        select(Passkey).where(Passkey.credential_id == answer.credential_id).with_for_update(),
        execution_options={"populate_existing": True},
    )
    if found is None or (user is not None and found.user_id != user.id):
        raise RefusedError
    # A passkey that tells whose it is must tell its owner (section 7.2, step 6).
    if answer.user_handle != found.user_id.bytes and not (user is not None and answer.user_handle is None):
        raise RefusedError
    verified = _verify_known(answer, found)
    found.sign_count = verified.new_sign_count
    found.is_synced = verified.credential_backed_up
    found.last_used_at = utc_now()
    return db.session.get_one(User, found.user_id)


@seeing_all(Reason.PEOPLE)
def find(user_id: UUID, passkey_id: UUID) -> Passkey | None:
    """A person's own passkey."""
    found = db.session.get(Passkey, passkey_id, populate_existing=True)
    return found if found is not None and found.user_id == user_id else None


@seeing_all(Reason.PEOPLE)
def rename(user_id: UUID, passkey_id: UUID, name: str) -> bool:
    """Rename a person's own passkey; False if it isn't there. In the caller's transaction. Raises `PasskeyError`."""
    found = find(user_id, passkey_id)
    if found is None:
        return False
    if not checked_name(name):
        raise PasskeyError(gettext("Enter a name, such as the device that has this passkey."))
    found.name = checked_name(name)
    db.session.flush()
    return True


@seeing_all(Reason.PEOPLE)
def remove_all(user_id: UUID) -> None:
    """Remove every passkey of a person. In the caller's transaction."""
    db.session.execute(delete(Passkey).where(Passkey.user_id == user_id))


def checked_name(name: str) -> str:
    """A name as it is stored."""
    return name.strip()[:LONGEST_NAME]


def _verify_new(answer: Answer) -> VerifiedRegistration:
    party = relying_party.current()
    try:
        verified = verify_registration_response(
            credential=answer.content,
            expected_challenge=answer.challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except Exception as error:
        raise _refused(error) from error
    if len(verified.credential_id) > _LONGEST_ID:
        raise RefusedError
    return verified


def _verify_known(answer: Answer, known: Passkey) -> VerifiedAuthentication:
    """Raises `RefusedError`, also if the counter went back: then there are two copies of what can't be copied."""
    party = relying_party.current()
    try:
        verified = verify_authentication_response(
            credential=answer.content,
            expected_challenge=answer.challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=known.public_key,
            credential_current_sign_count=known.sign_count,
            require_user_verification=True,
        )
    except Exception as error:
        raise _refused(error) from error
    if (verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE) is not known.is_syncable:
        # Whether it can be copied never changes (section 7.2, step 18).
        raise RefusedError
    return verified


def _refused(error: Exception) -> RefusedError:
    """The library raises its own errors, and those of what it reads with, for whatever was sent."""
    log.info("passkey_refused", reason=f"{type(error).__name__}: {error}"[:300])
    return RefusedError()


def _list(user_id: UUID) -> list[Passkey]:
    return list(db.session.scalars(select(Passkey).where(Passkey.user_id == user_id)))


def _described(passkeys: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    known = {one.value for one in AuthenticatorTransport}
    return [
        PublicKeyCredentialDescriptor(
            id=one.credential_id,
            transports=[AuthenticatorTransport(name) for name in one.transports if name in known],
        )
        for one in passkeys
    ]

"""Passkeys: whose they are, on which site, unlocked by whom, and that no answer is accepted twice.

The rules are those of https://www.w3.org/TR/webauthn-3/#sctn-rp-operations.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask

from app.clock import utc_now
from app.extensions import db
from app.models import ChallengePurpose, Passkey, PasskeyChallenge, User
from app.people.factors import passkey_answers, passkeys
from app.people.factors.passkey_answers import OverError, PasskeyError, RefusedError
from app.people.factors.passkeys import TooManyError
from app.transaction import transaction
from tests.factories import a_person, an_organization
from tests.support.authenticator import PRESENT, SYNCABLE, SYNCED, VERIFIED, Authenticator
from tests.support.factors import BROWSER, a_passkey


@pytest.fixture
def dana(app: Flask) -> User:
    return a_person("dana@harbor.example", organization=an_organization())


def purpose_for(user: User | None) -> ChallengePurpose:
    return ChallengePurpose.SECOND_STEP if user else ChallengePurpose.SIGN_IN


def options(user: User | None = None) -> str:
    with transaction():
        return passkeys.request_options(purpose_for(user), BROWSER, user)


def verify(answer: str, user: User | None = None, browser: str = BROWSER) -> User:
    """As a page does it: what is refused commits that its challenge is used up."""
    refused: PasskeyError | None = None
    with transaction():
        try:
            return passkeys.verify(purpose_for(user), answer, browser, user)
        except PasskeyError as error:
            refused = error
    raise refused


def test_a_passkey_tells_who_signs_in_and_asks_for_its_device_to_be_unlocked(dana: User) -> None:
    device = a_passkey(dana)
    asked = json.loads(options())
    assert asked["userVerification"] == "required"
    assert asked["allowCredentials"] == [], "it would tell who has an account"
    assert asked["rpId"] == "localhost"
    assert verify(device.get(options())).id == dana.id
    stored = db.session.scalars(db.select(Passkey)).one()
    assert (stored.name, stored.sign_count, stored.transports) == ("Laptop", 2, ["internal", "hybrid"])
    assert stored.last_used_at is not None


def test_as_a_second_step_it_is_the_persons_own(dana: User) -> None:
    other = a_person(organization=an_organization())
    mine, theirs = a_passkey(dana), a_passkey(other)
    assert [one["type"] for one in json.loads(options(dana))["allowCredentials"]] == ["public-key"]
    with pytest.raises(RefusedError):
        verify(theirs.get(options(dana)), dana)
    assert verify(mine.get(options(dana)), dana).id == dana.id


def test_a_new_one_is_kept_in_the_device_and_unlocked_there(dana: User) -> None:
    with transaction():
        asked = json.loads(passkeys.registration_options(dana, BROWSER))
    assert asked["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert asked["rp"] == {"name": "Voice Portal", "id": "localhost"}
    assert asked["attestation"] == "none"
    assert "harbor" not in asked["user"]["id"]


def _another_key(device: Authenticator) -> None:
    device.key = Authenticator().key


WRONG: dict[str, Callable[[Authenticator], object]] = {
    "another origin": lambda device: setattr(device, "origin", "https://evil.example"),
    "the same host at another port": lambda device: setattr(device, "origin", "http://localhost:9"),
    "a frame of another site": lambda device: device.client.update(crossOrigin=True),
    "a frame at the top of another site": lambda device: device.client.update(topOrigin="https://evil.example"),
    "another ceremony": lambda device: device.client.update(type="payment.get"),
    "another challenge": lambda device: device.client.update(challenge="AAAA"),
    "not unlocked": lambda device: setattr(device, "flags", PRESENT),
    "no one there": lambda device: setattr(device, "flags", VERIFIED),
    "copied, though it can't be": lambda device: setattr(device, "flags", PRESENT | VERIFIED | SYNCED),
}  # fmt: skip
ONLY_KNOWN: dict[str, Callable[[Authenticator], object]] = {
    "another key": _another_key,
    "a counter that went back": lambda device: setattr(device, "count", -1),
    "another person's handle": lambda device: setattr(device, "user_handle", uuid4().bytes),
    "suddenly syncable": lambda device: setattr(device, "flags", PRESENT | VERIFIED | SYNCABLE),
    "an unknown one": lambda device: setattr(device, "credential_id", b"unknown"),
}


@pytest.mark.parametrize("wrong", [*WRONG, *ONLY_KNOWN])
def test_it_signs_no_one_in_with(dana: User, wrong: str) -> None:
    device = a_passkey(dana)
    (WRONG | ONLY_KNOWN)[wrong](device)
    for user in (None, dana):
        with pytest.raises(PasskeyError):
            verify(device.get(options(user)), user)


@pytest.mark.parametrize("wrong", WRONG)
def test_none_is_added_with(dana: User, wrong: str) -> None:
    device = Authenticator()
    WRONG[wrong](device)
    with pytest.raises(PasskeyError):
        a_passkey(dana, device)
    assert db.session.scalars(db.select(Passkey)).all() == []


def test_an_answer_is_accepted_once_and_a_refused_one_never(dana: User) -> None:
    device = a_passkey(dana, Authenticator(counts=False))
    answer = device.get(options())
    assert verify(answer).id == dana.id
    with pytest.raises(OverError):
        verify(answer)
    asked = options()
    device.origin = "https://evil.example"
    with pytest.raises(RefusedError):
        verify(device.get(asked))
    device.origin = Authenticator().origin
    with pytest.raises(OverError):
        verify(device.get(asked))


def test_a_challenge_is_for_one_browser_purpose_and_person_and_a_few_minutes(dana: User) -> None:
    other = a_person(organization=an_organization())
    device = a_passkey(dana, Authenticator(counts=False))
    with pytest.raises(OverError):
        verify(device.get(options()), browser="another browser")
    with pytest.raises(OverError):
        verify(device.get(options(dana)))
    with pytest.raises(OverError):
        verify(device.get(options()), dana)
    with pytest.raises(OverError):
        verify(device.get(options(other)), dana)
    with transaction():
        asked = json.loads(passkeys.registration_options(dana, BROWSER))
    with pytest.raises(OverError):
        verify(device.get(json.dumps(asked | {"rpId": "localhost"})))
    late = options()
    db.session.execute(db.update(PasskeyChallenge).values(expires_at=utc_now() - timedelta(seconds=1)))
    db.session.commit()
    with pytest.raises(OverError):
        verify(device.get(late))


def test_a_challenge_for_one_purpose_is_none_for_another(dana: User) -> None:
    device = a_passkey(dana, Authenticator(counts=False))
    for asked in ChallengePurpose:
        for used in set(ChallengePurpose) - {asked}:
            with transaction():
                question = passkeys.request_options(asked, BROWSER, dana)
            with transaction(), pytest.raises(OverError):
                passkeys.verify(used, device.get(question), BROWSER, dana)


def test_a_passkey_is_one_persons_also_if_another_shows_it(dana: User) -> None:
    device = a_passkey(dana)
    other = a_person(organization=an_organization())
    with pytest.raises(RefusedError):
        a_passkey(other, device)
    assert db.session.scalars(db.select(Passkey.user_id)).all() == [dana.id]


def test_a_person_has_twenty_at_most(dana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert passkeys.MOST == 20
    monkeypatch.setattr(passkeys, "MOST", 2)
    with transaction():
        early = passkeys.registration_options(dana, BROWSER)
    a_passkey(dana), a_passkey(dana)
    with pytest.raises(TooManyError):
        a_passkey(dana)
    with transaction(), pytest.raises(TooManyError):
        passkeys.add(dana, Authenticator().create(early), BROWSER, name="")


def test_one_is_renamed_by_its_owner_only(dana: User) -> None:
    a_passkey(dana)
    other = a_person(organization=an_organization())
    passkey = db.session.scalars(db.select(Passkey)).one()
    with transaction():
        assert not passkeys.rename(other.id, passkey.id, "Stolen")
        assert passkeys.rename(dana.id, passkey.id, f"  {'x' * 99} ")
        with pytest.raises(PasskeyError):
            passkeys.rename(dana.id, passkey.id, "  ")
    assert passkey.name == "x" * passkeys.LONGEST_NAME


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{}", '{"response": 5}', '{"response": {"clientDataJSON": "e30"}}', "[" * 100_000, '{"response": {"clientDataJSON": "bnVsbA"}}', '{"response": {"clientDataJSON": 7}, "rawId": "x"}'],
)  # fmt: skip
def test_what_is_no_answer_is_refused(text: str) -> None:
    with pytest.raises(RefusedError):
        passkey_answers.read(text)

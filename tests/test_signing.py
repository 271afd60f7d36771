"""What is signed: by the newest key, valid by every key that is still known, and for one use only."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cryptography.fernet import InvalidToken
from flask import Flask
from itsdangerous import BadSignature

from app import signing
from config import ROOT


def signed_with(app: Flask, *keys: str) -> None:
    """Let the running application know these keys, oldest first."""
    signing.keys.set(keys)


@pytest.fixture(autouse=True)
def own_keys(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "signing_keys", ("old " * 10,))


def test_an_older_key_still_verifies_until_it_is_removed(app: Flask) -> None:
    before = signing.serializer("test").dumps([1])
    signed_with(app, "old " * 10, "new " * 10)
    assert signing.serializer("test").loads(before) == [1]
    after = signing.serializer("test").dumps([2])
    signed_with(app, "new " * 10)
    assert signing.serializer("test").loads(after) == [2], "the newest key signs"
    with pytest.raises(BadSignature):
        signing.serializer("test").loads(before)


def test_what_was_signed_for_one_use_is_worthless_for_another(app: Flask) -> None:
    with pytest.raises(BadSignature):
        signing.serializer("other").loads(signing.serializer("test").dumps([1]))


def test_what_was_encrypted_is_read_with_a_known_key_for_its_purpose_only(app: Flask) -> None:
    before = signing.encryption("test").encrypt(b"secret")
    assert b"secret" not in before
    with pytest.raises(InvalidToken):
        signing.encryption("other").decrypt(before)
    signed_with(app, "old " * 10, "new " * 10)
    assert signing.encryption("test").decrypt(before) == b"secret"
    after = signing.encryption("test").encrypt(b"secret")
    signed_with(app, "new " * 10)
    assert signing.encryption("test").decrypt(after) == b"secret", "the newest key encrypts"
    with pytest.raises(InvalidToken):
        signing.encryption("test").decrypt(before)


def test_nothing_else_of_the_product_signs_with_the_secret_key() -> None:
    """So that a key can be changed for all of it: tests/web/test_secret_key_rotation.py."""
    signs = re.compile(
        r"\w*Serializer\(|\bSigner\(|config\[\"SECRET_KEY\"\]|settings\.secret_key\b|\.secret_key\b"
    )
    found = {
        path.relative_to(ROOT).as_posix()
        for path in Path(ROOT / "app").rglob("*.py")
        if signs.search(path.read_text())
    }
    assert found == {"app/__init__.py", "app/doctor/secrets.py", "app/signing.py"}, "the doctor hides it"


def test_what_could_be_guessed_is_digested_with_a_key(app: Flask) -> None:
    signed_with(app, "old " * 10)
    digest = signing.digest_of("codes", "123456")
    signed_with(app, "old " * 10, "new " * 10)
    assert signing.is_digest_of("codes", "123456", digest), "a key that is still known"
    assert not signing.is_digest_of("codes", "123457", digest)
    assert not signing.is_digest_of("others", "123456", digest)
    signed_with(app, "new " * 10)
    assert not signing.is_digest_of("codes", "123456", digest)

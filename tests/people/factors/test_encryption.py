"""Secrets at rest: readable with the application's keys only, by the person they are for, also after a new key."""

from __future__ import annotations

from uuid import uuid4

import pytest

from app.people.factors.encryption import Encryption, UnreadableError

ME = uuid4()


def test_what_is_stored_says_nothing_and_is_read_again() -> None:
    encrypted = Encryption(["the key"]).encrypt("JBSWY3DPEHPK3PXP", ME)
    assert "JBSWY3DPEHPK3PXP" not in encrypted
    assert Encryption(["the key"]).decrypt(encrypted, ME) == "JBSWY3DPEHPK3PXP"


def test_a_new_key_reads_what_the_old_one_encrypted_and_knows_that_it_is_old() -> None:
    old = Encryption(["old"]).encrypt("secret", ME)
    rotated = Encryption(["new", "old"])
    assert rotated.decrypt(old, ME) == "secret"
    assert rotated.is_outdated(old)
    renewed = rotated.encrypt("secret", ME)
    assert not rotated.is_outdated(renewed)
    assert Encryption(["new"]).decrypt(renewed, ME) == "secret"


@pytest.mark.parametrize("changed", ["the key", "the person", "the text"])
def test_it_is_read_neither_with_another_key_nor_for_another_person_nor_changed(changed: str) -> None:
    encrypted = Encryption(["a key"]).encrypt("secret", ME)
    key = "another" if changed == "the key" else "a key"
    text = encrypted[:-6] + "AAAAAA" if changed == "the text" else encrypted
    with pytest.raises(UnreadableError):
        Encryption([key]).decrypt(text, uuid4() if changed == "the person" else ME)

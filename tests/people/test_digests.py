"""What is stored of a secret: always the same for the same text, and for whatever text is sent."""

from __future__ import annotations

import pytest

from app.people.digests import digest_of


def test_it_is_the_sha_256_of_the_text() -> None:
    # The example of one block in NIST's document on SHA-256.
    assert digest_of("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize("text", ["", "é", "\x00", "\ud800", "a" * 100_000])
def test_every_text_has_one(text: str) -> None:
    assert len(digest_of(text)) == 32

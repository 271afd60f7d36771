"""Where a network address is, as far as registries say."""

from __future__ import annotations

import pytest

from app.people import places


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("8.8.8.8", "United States (8.8.8.8)"),
        ("::ffff:8.8.8.8", "United States (::ffff:8.8.8.8)"),
        ("2001:4860:4860::8888", "United States (2001:4860:4860::8888)"),
        ("194.150.168.168", "Germany (194.150.168.168)"),
        ("127.0.0.1", "127.0.0.1"),
        ("10.1.2.3", "10.1.2.3"),
        ("::1", "::1"),
        ("not an address", "not an address"),
        ("", None),
        (None, None),
    ],
)
def test_in_words(address: str | None, words: str | None) -> None:
    assert places.as_text(address) == words

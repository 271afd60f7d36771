"""Text as it is typed: what is around it goes, and no text takes long."""

from __future__ import annotations

import sys

from app.text import shown, tidied

_WITHOUT_WIDTH = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_TOO_LONG_FOR_A_PATTERN = 1_000_000
"""Looked at from each of so many places, a text takes hours."""


def test_spaces_of_any_kind_around_a_text_go_and_nothing_else_does() -> None:
    known = [chr(one) for one in range(sys.maxunicode + 1) if chr(one).isspace()]
    spaces = "".join(known) + _WITHOUT_WIDTH
    assert tidied(f"{spaces}a b{spaces}") == "a b"
    for one in map(chr, range(0x3100)):
        assert (tidied(f"{one}a{one}") == "a") == (one in spaces or not shown(one)), ascii(one)


def test_spaces_within_a_text_take_no_longer() -> None:
    for space in (" ", "\u200b"):
        text = f"a{space * _TOO_LONG_FOR_A_PATTERN}b"
        assert tidied(f"{space}{text}{space}") == text

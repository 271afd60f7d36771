"""The alphabet of text messages: what is brought into it, and how much of it fits."""

from __future__ import annotations

import pytest

from app.notify import gsm


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Harbor Dental", "Harbor Dental"),
        ("Harbor 🦷 Dental", "Harbor  Dental"),
        ("Łódź Ærø “quotes” \u2013 dash…", 'Lodz Ærø "quotes" - dash...'),
        ("naïve façade ñ", "naive facade ñ"),
        ("İstanbul ğ ş", "Istanbul g s"),
        ("A\u0301\u200b\u202e\ufeff", "A"),
        ("\u2212$5.00\u00a0€", "-$5.00 €"),
        ("診所 клиника", "診所 клиника"),
        ("\uff11\uff12\uff13", "123"),
        ("a\ud83ea", "aa"),
    ],
)
def test_what_is_written_plainly(written: str, sent: str) -> None:
    assert gsm.plain(written) == sent


@pytest.mark.parametrize(
    ("words", "fits"),
    [
        ("a" * 306, True),
        ("a" * 307, False),
        ("€" * 153, True),
        ("€" * 154, False),
        ("診" * 134, True),
        ("診" * 135, False),
        ("🦷" * 67, True),
        ("🦷" * 68, False),
        ("a" * 133 + "診", True),
        ("a" * 134 + "診", False),
    ],
)
def test_two_parts_of_either_alphabet(words: str, fits: bool) -> None:
    assert gsm.fits(words) is fits

"""Numbers with the marks of who types them: read where every mark fits, and refused elsewhere."""

from __future__ import annotations

import pytest

from app.language import speaking
from app.separators import PLAIN, of_locale, of_reader


@pytest.mark.parametrize(
    ("locale", "typed", "plain"),
    [
        ("en_US", "1,250.50", "1250.50"),
        ("en_US", "12.50", "12.50"),
        ("en_US", "12,50", None),
        ("en_US", "1250,000", None),
        ("en_US", "0,250", None),
        ("en_US", "12,34,567", None),
        ("en_IN", "12,34,567.50", "1234567.50"),
        ("en_IN", "1,234,567.50", "1234567.50"),
        ("en_IN", "12,34,56", None),
        ("de_DE", "1.250,50", "1250.50"),
        ("de_DE", "1.234", "1234"),
        ("de_DE", "12.50", None),
        ("de_DE", "1,250.50", None),
        ("de_AT", "1.250,50", "1250.50"),
        ("fr_FR", "1\u202f250,50", "1250.50"),
        ("fr_FR", "1\xa0250,50", "1250.50"),
        ("fr_FR", "1 250,50", "1250.50"),
        ("fr_FR", "12 50", None),
        ("fr_FR", "12.50", None),
        ("fr_CA", "1 250,50", "1250.50"),
        ("de_CH", "1\u2019250.50", "1250.50"),
        ("de_CH", "1'250.50", "1250.50"),
        ("de_CH", "1,250.50", None),
        ("de_CH", "12'50", None),
        ("es_ES", "1.250,50", "1250.50"),
        ("es_ES", "1250,50", "1250.50"),
        ("es_MX", "1,250.50", "1250.50"),
        # What is no number stays as it is, for the caller to see.
        ("de_DE", "zwölf", "zwölf"),
        ("de_DE", "1 250", "1 250"),
        ("de_DE", "1,2,3", "1.2.3"),
    ],
)
def test_each_locale_has_its_marks(locale: str, typed: str, plain: str | None) -> None:
    assert of_locale(locale).plain(typed) == plain


def test_the_reader_s_are_those_of_their_locale() -> None:
    assert of_reader() == PLAIN
    with speaking("de_DE"):
        assert of_reader() == of_locale("de_DE") != PLAIN
        assert of_reader().as_typed("1250.50") == "1250,50"

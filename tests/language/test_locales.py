"""Which locale a reader gets of those that they want."""

from __future__ import annotations

import pytest

from app.language import LOCALES, negotiated, text_direction


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        (["en-GB", "en"], "en_GB"),
        (["en"], "en_US"),
        (["EN-gb"], "en_GB"),
        (["en-ZA"], "en_US"),
        (["nl", "en-IE"], "en_IE"),
        (["de"], "de_DE"),
        (["de-LI", "en"], "de_DE"),
        (["de-at"], "de_AT"),
        (["es-AR"], "es_ES"),
        (["fr-CA", "fr"], "fr_CA"),
        (["nl", "fr", "en-US"], "fr_FR"),
        (["nl"], None),
        (["*"], None),
        ([""], None),
        (["en-Latn-GB"], "en_US"),
        ([], None),
    ],
)
def test_the_first_that_can_be_had(wanted: list[str], got: str | None) -> None:
    assert negotiated(wanted) == got


def test_all_are_read_from_left_to_right() -> None:
    assert {text_direction(locale) for locale in LOCALES} == {"ltr"}
    assert text_direction("he_IL") == "rtl"

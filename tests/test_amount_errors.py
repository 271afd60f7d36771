"""What to enter instead: with examples that the same reader could type."""

from __future__ import annotations

import re

import pytest

from app import amount_errors
from app.language import speaking
from app.money import Money
from app.separators import Separators, of_locale, of_reader

LOCALES = ["en_US", "en_IN", "de_DE", "de_CH", "fr_FR", "fr_CA", "es_ES", "es_MX"]
_EXAMPLE = re.compile(r"\d+(?:[.,'\u2019\s\u202f\xa0]\d+)?")


def say_all(marks: Separators) -> list[str]:
    return [
        amount_errors.an_amount(marks),
        amount_errors.above_zero(marks),
        amount_errors.digits(marks),
        amount_errors.fewer_digits(marks),
        amount_errors.other_marks(marks),
        amount_errors.fewer_decimals(2, marks).partition("like")[2],
        amount_errors.whole_units("JPY"),
    ]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_example_can_be_typed(locale: str) -> None:
    with speaking(locale):
        examples = [found for said in say_all(of_reader()) for found in _EXAMPLE.findall(said)]
        amounts = {Money.parse(found, "USD", of_reader()).micro for found in examples}
    assert amounts == {50_000_000, 12_500_000, 1_250_000_000}


@pytest.mark.parametrize(
    ("locale", "says"),
    [
        (
            "en_US",
            "Use a decimal point for cents, like 12.50, and commas only for thousands, like 1,250.",
        ),
        ("de_DE", "Use a decimal comma for cents, like 12,50, and write thousands like 1.250."),
        ("fr_FR", "Use a decimal comma for cents, like 12,50, and write thousands like 1\u202f250."),
        ("de_CH", "Use a decimal point for cents, like 12.50, and write thousands like 1\u2019250."),
    ],
)
def test_the_marks_are_named(locale: str, says: str) -> None:
    assert amount_errors.other_marks(of_locale(locale)) == says

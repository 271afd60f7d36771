"""What is typed into the search, and what is read from it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.language import speaking
from app.money import Money
from app.months import Month
from app.pages.search.typed import LONGEST, read

TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("top up 100", "100"),
        ("$1,234.50", "1234.5"),
        ("1234.5", "1234.5"),
        ("1,234.50", "1234.5"),
        ("$ 50", "50"),
        ("50 USD", "50"),
        ("add $25 to the wallet", "25"),
        ("\u20ac12.5", "12.5"),
        ("100.", "100"),
    ],
)
def test_an_amount_in_the_ways_that_people_write_it(text: str, amount: str) -> None:
    assert read(text, "USD", TODAY).amount == Money.parse(amount, "USD")


@pytest.mark.parametrize(
    "text", ["12,50", "1e9", "-5", "wallet", "1.234", "99999999999999999999", "\u0661\u0662"]
)
def test_what_is_no_amount_is_only_a_word(text: str) -> None:
    assert read(text, "USD", TODAY).amount is None


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("export October", Month(2026, 10)),
        ("export oct", Month(2026, 10)),
        ("nov", Month(2026, 11)),
        ("December statement", Month(2025, 12)),
        ("october 2024", Month(2024, 10)),
        ("2026-03", Month(2026, 3)),
        ("MAY", Month(2026, 5)),
    ],
)
def test_a_month_is_the_last_one_of_its_name(text: str, month: Month) -> None:
    assert read(text, "USD", TODAY).month == month


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("M\u00e4rz 2025", Month(2025, 3)),
        ("marz", Month(2026, 3)),
        ("Okt", Month(2026, 10)),
        ("october", None),
    ],
)
def test_months_have_their_names_in_the_reader_s_language(text: str, month: Month | None) -> None:
    with speaking("de_DE"):
        assert read(text, "USD", TODAY).month == month


@pytest.mark.parametrize("text", ["oc", "mark", "october2024", "13", "wallet", "2026-13"])
def test_what_is_no_month_is_only_a_word(text: str) -> None:
    assert read(text, "USD", TODAY).month is None


def test_the_last_digits_of_a_card() -> None:
    assert read("remove card 4444", "USD", TODAY).card == "4444"
    assert read("remove card 44444", "USD", TODAY).card is None


def test_an_amount_alone_is_told_from_one_with_a_verb() -> None:
    assert read("100", "USD", TODAY).is_amount
    assert not read("top up 100", "USD", TODAY).is_amount


@given(st.text(max_size=600))
def test_any_text_can_be_read(text: str) -> None:
    typed = read(text, "USD", TODAY)
    assert len(typed.text) <= LONGEST
    assert typed.text == typed.text.strip()
    assert "\0" not in typed.text
    assert read(typed.text, "USD", TODAY) == typed

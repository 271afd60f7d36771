"""An amount from a form: read with the marks of who types it, or refused at its field."""

from __future__ import annotations

from decimal import Decimal
from gettext import NullTranslations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import Form, StringField

from app.currencies import CHARGED
from app.language import LOCALES, messages, speaking
from app.language.formats import currency_text
from app.money import Money
from app.pages.amounts import above_zero, as_typed, from_link, parse_typed, read_amount

EVERY = sorted(
    {*LOCALES, "de_DE", "de_AT", "de_CH", "de_LI", "de_LU"}
    | {"fr_FR", "fr_BE", "fr_CA", "fr_CH", "fr_LU", "es_ES", "es_AR", "es_CL", "es_CO", "es_MX", "es_US"}
)
cents = st.integers(min_value=0, max_value=10**13)


@pytest.fixture
def untranslated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each language has its own marks, and the texts of the code."""
    monkeypatch.setattr(messages, "catalog_of", lambda _language: NullTranslations())


class AmountForm(Form):  # type: ignore[misc]
    amount = StringField()


def test_an_amount_is_read() -> None:
    form = AmountForm(MultiDict({"amount": " $1,250.50 "}))
    assert read_amount(form.amount, "USD") == Money(1_250_500_000, "USD")
    assert not form.errors


def test_anything_else_gives_the_field_an_error_that_says_what_to_enter() -> None:
    said = {}
    for typed in ("", "12,50", "-5", "much"):
        form = AmountForm(MultiDict({"amount": typed}))
        assert read_amount(form.amount, "USD") is None
        [said[typed]] = form.errors["amount"]
    assert said[""] == "Enter an amount, like 50 or 12.50."
    assert all("12.50" in words for words in said.values())


def test_a_field_that_was_not_sent_is_empty() -> None:
    form = AmountForm(MultiDict())
    assert read_amount(form.amount, "USD") is None
    assert form.errors == {"amount": ["Enter an amount, like 50 or 12.50."]}


@pytest.mark.parametrize(
    ("locale", "typed", "amount"),
    [
        ("en_US", "1,250.50", "1250.50"),
        ("en_GB", "$1,250.50", "1250.50"),
        ("en_IN", "12,34,567.50", "1234567.50"),
        ("de_DE", "50", "50"),
        ("de_DE", "12,5", "12.5"),
        ("de_DE", "1.234,50", "1234.50"),
        ("de_DE", "1.234", "1234"),
        ("de_DE", "1.234,50 $", "1234.50"),
        ("de_DE", "$12,50", "12.50"),
        ("de_AT", "$\xa01.234,50", "1234.50"),
        ("de_CH", "1\u2019234.50", "1234.50"),
        ("de_CH", "1'234.50", "1234.50"),
        ("fr_FR", "1 234,50", "1234.50"),
        ("fr_FR", "1\xa0234,50", "1234.50"),
        ("fr_FR", "1\u202f234\u202f567,50\xa0$US", "1234567.50"),
        ("fr_CA", "1\xa0234,50\xa0$\xa0US", "1234.50"),
        ("es_ES", "1234,50\xa0US$", "1234.50"),
        ("es_MX", "USD1,234.50", "1234.50"),
    ],
)
def test_each_reader_types_with_their_own_marks(locale: str, typed: str, amount: str) -> None:
    with speaking(locale):
        assert parse_typed(typed, "USD") == Money.parse(amount, "USD")


@pytest.mark.parametrize(
    ("locale", "typed", "says"),
    [
        ("de_DE", "12.50", "Use a decimal comma for cents, like 12,50, and write thousands like 1.250."),
        ("de_DE", "1,234.50", "Use a decimal comma for cents"),
        ("de_DE", "1.23.456", "Use a decimal comma for cents"),
        ("de_DE", "12,345", "at most 2 digits after the decimal comma, like 12,50."),
        ("de_DE", "12,", "in digits, like 50 or 12,50."),
        ("de_DE", ",50", "in digits, like 50 or 12,50."),
        ("de_DE", "1 234,50", "in digits"),
        ("de_DE", "-5,00", "above zero, like 50 or 12,50."),
        ("de_DE", "", "Enter an amount, like 50 or 12,50."),
        ("de_DE", "$5$", "in digits"),
        ("de_DE", "5 €", "in digits"),
        ("en_US", "$$5", "in digits"),
        ("es_AR", "US$$5", "in digits"),
        ("de_DE", "9" * 40, "too large"),
        ("de_CH", "12,50", "Use a decimal point for cents, like 12.50"),
        ("de_CH", "1,250", "Use a decimal point for cents"),
        ("fr_FR", "12.50", "Use a decimal comma for cents"),
        ("fr_FR", "1.234", "Use a decimal comma for cents"),
        ("fr_FR", "12 50", "Use a decimal comma for cents"),
        ("es_ES", "12.50", "Use a decimal comma for cents"),
        ("es_MX", "12,50", "Use a decimal point for cents"),
        ("en_GB", "12,50", "Use a decimal point for cents"),
        ("en_US", "1 234", "in digits"),
        ("en_US", "50$", "in digits"),
    ],
)
def test_marks_that_mean_something_else_to_others_are_refused(
    untranslated: None, locale: str, typed: str, says: str
) -> None:
    form = AmountForm(MultiDict({"amount": typed}))
    with speaking(locale):
        assert read_amount(form.amount, "USD") is None
    [said] = form.errors["amount"]
    assert says in said


@pytest.mark.parametrize("locale", EVERY)
@given(minor=cents)
def test_what_a_form_is_filled_with_is_read_as_the_same_amount(locale: str, minor: int) -> None:
    money = Money.from_minor(minor, "USD")
    with speaking(locale):
        for plain in (money.plain, money.decimal, money.rounded):
            assert parse_typed(as_typed(plain), "USD") == money
        assert parse_typed(from_link(money.plain, "USD"), "USD") == money


@pytest.mark.parametrize("locale", EVERY)
@given(minor=cents, currency=st.sampled_from(["USD", "EUR", "CHF", "GBP"]))
def test_what_is_shown_can_be_typed(locale: str, minor: int, currency: str) -> None:
    money = Money.from_minor(minor, currency)
    shown = currency_text(money.rounded, currency, locale)
    with speaking(locale):
        assert parse_typed(shown, currency) == money


@pytest.mark.parametrize("locale", EVERY)
def test_currencies_without_decimals_are_typed_in_whole_units(locale: str) -> None:
    with speaking(locale):
        for currency in sorted(CHARGED):
            money = Money.parse("1234", currency)
            assert parse_typed(as_typed(money.plain), currency) == money


def test_no_reader_s_amount_is_another_amount_to_another_reader() -> None:
    """A form that was drawn in one language and sent in another is refused where it isn't the same amount."""
    for amount in ("12.50", "1234.50", "0.07", "1234567.89"):
        money = Money.parse(amount, "USD")
        for one in EVERY:
            shown = currency_text(Decimal(amount), "USD", one).strip("US$D\xa0 ")
            for other in EVERY:
                form = AmountForm(MultiDict({"amount": shown}))
                with speaking(other):
                    assert read_amount(form.amount, "USD") in {None, money}


def test_links_have_a_decimal_point_whatever_the_reader_s_language() -> None:
    with speaking("de_DE"):
        assert from_link("50.00", "USD") == "50"
        assert from_link("1250.5", "USD") == "1250,50"
        assert from_link("much", "USD") == "much"
    assert from_link("50.00", "USD") == "50.00"


def test_the_same_is_asked_for_where_zero_is_refused(untranslated: None) -> None:
    assert above_zero() == "Enter an amount above zero, like 50 or 12.50."
    with speaking("de_DE"):
        assert above_zero() == "Enter an amount above zero, like 50 or 12,50."

"""Money: exact, typed, and strict about what people type."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.currencies import CHARGED
from app.money import CurrencyMismatchError, Money, MoneyError, half_up, parts_of, smallest_unit, total

amounts = st.integers(min_value=-(10**15), max_value=10**15)


@pytest.mark.parametrize(
    ("typed", "micro"),
    [
        ("50", 50_000_000),
        ("12.5", 12_500_000),
        ("12.50", 12_500_000),
        (" $100 ", 100_000_000),
        ("0.01", 10_000),
        ("1,250", 1_250_000_000),
        ("12,345.60", 12_345_600_000),
    ],
)
def test_what_people_type_is_read_exactly(typed: str, micro: int) -> None:
    assert Money.parse(typed, "USD").micro == micro


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Enter an amount"),
        ("   ", "Enter an amount"),
        ("-5", "above zero"),
        ("\u22125", "above zero"),
        ("12,50", "Use a decimal point"),
        ("12,50,000", "Use a decimal point"),
        ("1e9", "in digits"),
        ("NaN", "in digits"),
        ("Infinity", "in digits"),
        ("9" * 40, "too large"),
        ("12.345", "at most 2 digits"),
        ("fifty", "in digits"),
        ("1 000", "in digits"),
        ("١٢", "in digits"),
        ("5.", "in digits"),
        (".5", "in digits"),
        ("0x10", "in digits"),
    ],
)
def test_what_is_not_an_amount_is_refused_with_the_next_step(typed: str, says: str) -> None:
    with pytest.raises(MoneyError, match=says):
        Money.parse(typed, "USD")


def test_a_currency_without_decimals_takes_whole_numbers_only() -> None:
    assert Money.parse("500", "JPY").minor == 500
    with pytest.raises(MoneyError, match="whole number"):
        Money.parse("500.5", "JPY")


@pytest.mark.parametrize(
    ("currency", "typed", "at_stripe", "shown"),
    [
        # https://docs.stripe.com/currencies: two decimals, none, and the special cases.
        ("USD", "12.50", 1_250, "$12.50"),
        ("JPY", "500", 500, "¥500"),
        ("KRW", "500", 500, "₩500"),
        ("XAF", "500", 500, "FCFA500"),
        ("MGA", "500", 500, "MGA500"),
        ("ISK", "500", 50_000, "ISK500"),
        ("UGX", "500", 50_000, "UGX500"),
        ("HUF", "500.50", 50_050, "HUF500.50"),
        ("TWD", "500.50", 50_050, "NT$500.50"),
        # Babel writes these without decimals, and Stripe charges them: none is hidden.
        ("RSD", "500.50", 50_050, "RSD500.50"),
        ("LBP", "500.50", 50_050, "LBP500.50"),
    ],
)
def test_an_amount_is_typed_charged_and_shown_in_the_currency_s_own_units(
    currency: str, typed: str, at_stripe: int, shown: str
) -> None:
    money = Money.parse(typed, currency)
    assert money.minor == at_stripe
    assert Money.from_minor(at_stripe, currency) == money
    assert str(money).replace("\N{NO-BREAK SPACE}", "") == shown


@pytest.mark.parametrize("currency", ["JPY", "ISK", "UGX", "XOF"])
def test_a_fraction_is_refused_where_there_is_none(currency: str) -> None:
    with pytest.raises(MoneyError, match="whole number"):
        Money.parse("500.50", currency)
    with pytest.raises(MoneyError, match="smallest unit"):
        _ = Money(500_500_000, currency).minor


def test_every_currency_that_is_charged_survives_the_way_to_stripe_and_back() -> None:
    for currency in sorted(CHARGED):
        money = Money(7 * smallest_unit(currency), currency)
        assert Money.from_minor(money.minor, currency) == money
        assert Money.parse(money.plain, currency) == money


@pytest.mark.parametrize("wrong", [1.0, "1", Decimal(1), True, None])
def test_money_is_never_a_float_or_anything_but_whole_micro_units(wrong: object) -> None:
    with pytest.raises(MoneyError):
        Money(wrong, "USD")  # type: ignore[arg-type]


def test_currencies_are_never_mixed() -> None:
    for mix in (lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b, lambda a, b: a >= b):
        with pytest.raises(CurrencyMismatchError):
            mix(Money(1, "USD"), Money(1, "EUR"))


def test_more_than_the_ledger_holds_is_refused() -> None:
    with pytest.raises(MoneyError, match="larger"):
        Money(2**63, "USD")


@given(amounts, amounts)
def test_adding_and_taking_away_are_exact(one: int, other: int) -> None:
    left, right = Money(one, "USD"), Money(other, "USD")
    assert (left + right) - right == left
    assert total([left, right], "USD").micro == one + other


@given(st.integers(min_value=0, max_value=10**13))
def test_an_amount_survives_being_shown_and_typed_again(cents: int) -> None:
    money = Money.from_minor(cents, "USD")
    assert money.minor == cents
    assert Money.parse(money.plain, "USD") == money
    assert Money.parse(str(money.decimal), "USD") == money


def test_a_fraction_of_a_cent_is_never_charged_to_a_card() -> None:
    with pytest.raises(MoneyError):
        _ = Money(1, "USD").minor


@given(st.fractions())
def test_rounding_goes_to_the_nearest_and_halves_away_from_zero(exact: Fraction) -> None:
    rounded = half_up(exact)
    assert abs(rounded - exact) <= Fraction(1, 2)
    if abs(rounded - exact) == Fraction(1, 2):
        assert abs(rounded) > abs(exact)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (Money(49_000_000, "USD"), "$49.00"),
        (Money(-1_234_500_000, "USD"), "-$1,234.50"),
        (Money(500_000_000, "JPY"), "\N{YEN SIGN}500"),
        (Money(4_000, "USD"), "$0.00"),
    ],
)
def test_operators_read_amounts_as_people_write_them(amount: Money, words: str) -> None:
    assert f"{amount}" == str(amount) == words


@given(st.lists(amounts, max_size=8))
def test_parts_in_cents_add_up_and_are_less_than_a_cent_off(micro: list[int]) -> None:
    parts = [Money(one // 8, "USD") for one in micro]
    whole = total(parts, "USD").to_smallest_unit
    found = parts_of(whole, parts)
    assert total(found, "USD") == whole
    assert all(abs(one - part).micro < 10_000 for one, part in zip(found, parts, strict=True))
    assert all(one == part for one, part in zip(found, parts, strict=True) if part.micro % 10_000 == 0)


def test_the_parts_that_lose_most_get_the_cents() -> None:
    parts = [Money(micro, "USD") for micro in (14_000, 16_000, 15_000)]
    assert [one.micro for one in parts_of(Money(50_000, "USD"), parts)] == [10_000, 20_000, 20_000]
    yen = [Money(micro, "JPY") for micro in (400_000, 600_000)]
    assert [one.micro for one in parts_of(Money(1_000_000, "JPY"), yen)] == [0, 1_000_000]

"""Cached Babel formatting: pages show the same days and amounts over and over, and with each poll.

The cache holds text by value, pattern and locale, so nothing leaks between organizations; the oldest entries are
evicted.
"""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton, format_time
from babel.numbers import (
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
    get_currency_symbol,
    get_decimal_symbol,
    get_group_symbol,
)

from app.currencies import is_written_as_babel_does

_AMOUNTS = 20_000
_OTHERS = 4_000

_parsed = lru_cache(Locale.parse)


@lru_cache(_AMOUNTS)
def currency_text(amount: Decimal, currency: str, locale: str, decimals: str | None = None) -> str:
    """An amount with its currency's sign where the locale has it: with the currency's own decimals, or with those of
    a pattern, as `00####` for two to six (https://unicode.org/reports/tr35/tr35-numbers.html#Number_Format_Patterns)."""
    known = _parsed(locale)
    if decimals is None:
        by_babel = is_written_as_babel_does(currency)
        return str(format_currency(amount, currency, locale=known, currency_digits=by_babel))
    point = f".{decimals}" if decimals else ""
    pattern = known.currency_formats["standard"].pattern.replace(".00", point)
    return str(format_currency(amount, currency, pattern, locale=known, currency_digits=False))


def typed_marks(locale: str) -> tuple[str, str]:
    """What people type before decimals, and between thousands: `.` and `,` in American English."""
    known = _parsed(locale)
    return str(get_decimal_symbol(known)), str(get_group_symbol(known))


def group_sizes(locale: str) -> tuple[int, int]:
    """How many digits are after the last mark between thousands, and between two of them: 3 and 3, or 3 and 2."""
    thousands, higher = _parsed(locale).decimal_formats[None].grouping
    return int(thousands), int(higher)


def without_sign(typed: str, currency: str, locale: str) -> str:
    """An amount without the currency's sign (`$`, `US$`, `USD`), if it has one where the locale writes it."""
    known = _parsed(locale)
    sign, is_before = (
        get_currency_symbol(currency, known),
        known.currency_formats["standard"].pattern[0] == "\xa4",
    )
    return (typed.removeprefix(sign) if is_before else typed.removesuffix(sign)).strip()


@lru_cache(_OTHERS)
def date_text(value: date, form: str, locale: str) -> str:
    """A day as the locale orders it: `medium`, `long`, the parts that a skeleton names
    (https://unicode.org/reports/tr35/tr35-dates.html#availableFormats_appendItems), or a pattern."""
    known = _parsed(locale)
    if form in known.datetime_skeletons:
        return str(format_skeleton(form, value, locale=known))
    return str(format_date(value, form, locale=known))


def time_text(value: time, locale: str) -> str:
    """The hour and minute on the locale's clock, `1:05 pm` or `13:05`: in lower case in American English, too, and
    always with a plain space, which every font and terminal has."""
    text = str(format_time(value, "short", locale=_parsed(locale)))
    return text.replace("\u202f", " ").replace(".", "").lower()


@lru_cache(_OTHERS)
def weekday_text(value: date, locale: str) -> str:
    """`Tuesday, November 24`: the closest pattern that the locale has, in full words."""
    known = _parsed(locale)
    skeletons = known.datetime_skeletons
    closest = next(one for one in ("MMMMEEEEd", "MMMMEd", "MMMEd") if one in skeletons)
    pattern = re.sub("E+", "EEEE", re.sub("M{3,}", "MMMM", skeletons[closest].pattern))
    return str(format_date(value, pattern, locale=known))


@lru_cache(_OTHERS)
def days_text(first: date, last: date, locale: str) -> str:
    """From the one day to the other, as in "November 16 to 22, 2026", with a dash."""
    return " ".join(str(format_interval(first, last, "yMMMMd", locale=_parsed(locale))).split())


@lru_cache(_OTHERS)
def decimal_text(value: float, locale: str) -> str:
    """A number with the locale's separators."""
    return str(format_decimal(value, locale=_parsed(locale)))


@lru_cache(_OTHERS)
def tenths_text(value: float, locale: str) -> str:
    """A number to a tenth, which is written out also where it is zero: `2.0`."""
    return str(format_decimal(value, "#,##0.0", locale=_parsed(locale)))


@lru_cache(_OTHERS)
def millions_text(value: int, locale: str) -> str:
    """A large number in short, to a tenth: `48.3M`."""
    return str(format_compact_decimal(value, locale=_parsed(locale), fraction_digits=1))


@lru_cache(_OTHERS)
def percent_text(value: int, locale: str) -> str:
    """Whole percent."""
    return str(format_percent(Decimal(value) / 100, locale=_parsed(locale)))

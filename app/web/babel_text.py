"""Cached Babel formatting: pages show the same days and amounts over and over, and with each poll.

The cache holds text by value, pattern and locale, so nothing leaks between organizations; the oldest entries are
evicted.
"""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_currency, format_decimal, format_percent

from app.currencies import is_written_as_babel_does

_AMOUNTS = 20_000
_OTHERS = 4_000

_parsed = lru_cache(Locale.parse)


@lru_cache(_AMOUNTS)
def currency_text(amount: Decimal, currency: str, locale: str, pattern: str | None = None) -> str:
    """An amount with its currency's sign: with the currency's own decimals, or those of the pattern."""
    by_babel = pattern is None and is_written_as_babel_does(currency)
    return str(format_currency(amount, currency, pattern, locale=_parsed(locale), currency_digits=by_babel))


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
def decimal_text(value: float, locale: str) -> str:
    """A number with the locale's separators."""
    return str(format_decimal(value, locale=_parsed(locale)))


@lru_cache(_OTHERS)
def percent_text(value: int, locale: str) -> str:
    """Whole percent."""
    return str(format_percent(Decimal(value) / 100, locale=_parsed(locale)))

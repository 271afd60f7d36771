"""The locales that people can read in: a language, and how a country writes its numbers and dates."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from babel import Locale

DEFAULT = "en_US"
LOCALES = (
    *("en_US", "en_GB", "en_AU", "en_CA", "en_IE", "en_IN", "en_NZ"),
    *("de_DE", "de_AT", "de_CH"),
    *("es_ES", "es_MX", "es_US"),
    *("fr_FR", "fr_BE", "fr_CA", "fr_CH"),
)
"""The first of each language is what someone reads who names the language alone."""


@cache
def language_of(locale: str) -> str:
    """`de` of `de_AT`."""
    return locale.partition("_")[0]


@cache
def text_direction(locale: str) -> str:
    """`ltr` or `rtl`, as HTML has it."""
    return str(Locale.parse(locale).text_direction)


def negotiated(wanted: Iterable[str]) -> str | None:
    """The first that a reader wants and can have, of tags such as `de-CH` or `fr`, the best first (RFC 9110, section
    12.5.4; looked up as RFC 4647 does, section 3.4). Of a language without that country, its first locale. None if
    there is no such language."""
    for tag in wanted:
        language, _, country = tag.replace("-", "_").partition("_")
        exact = f"{language.lower()}_{country.upper()}"
        if exact in LOCALES:
            return exact
        for locale in LOCALES:
            if language_of(locale) == language.lower():
                return locale
    return None

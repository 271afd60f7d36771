"""Texts in the language of their reader.

Each function takes the English text, which must be written out where it is called: it is what translators get. Values
are named, `%(count)s`, as other languages need another order; a percent sign is written twice. A text is a whole
sentence or a whole label, never a part that is put together with others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from gettext import NullTranslations
from typing import Any, Literal

from babel import Locale
from babel.lists import format_list
from babel.support import LazyProxy

from app.language.catalogs import catalog_of
from app.language.locales import language_of
from app.language.readers import locale


def catalog() -> NullTranslations:
    """The messages of the reader's language, with the places of their values."""
    return catalog_of(language_of(locale()))


def gettext(message: str, /, **values: object) -> str:
    """A text, with its values."""
    return catalog().gettext(message) % values


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """A text about `count` things, in the plural form that the language has for it; the value `%(num)s` is `count`
    unless another is given, such as one with the locale's separators."""
    translated = catalog().ngettext(one, many, count)
    return translated % {"num": count, **values}


def pgettext(context: str, message: str, /, **values: object) -> str:
    """A text whose English means several things: `context` says which."""
    return catalog().pgettext(context, message) % values


def npgettext(context: str, one: str, many: str, count: int, /, **values: object) -> str:
    """As `ngettext`, of a text whose English means several things: `context` says which."""
    translated = catalog().npgettext(context, one, many, count)
    return translated % {"num": count, **values}


def lazy_gettext(message: str, /, **values: object) -> Any:
    """A text that is made before it is known who reads it, as a form's label: translated each time it is read."""
    return LazyProxy(gettext, message, enable_cache=False, **values)


def marked(message: str, /) -> str:
    """The text itself, for a table of texts of which `translated` shows one later."""
    return message


def translated(message: str, /) -> str:
    """A text without values that is written out elsewhere: one that was `marked`, or a name in the product catalog.
    As it is if there is no translation, such as of a plan that an operator named."""
    return catalog().gettext(message) if message else message


def in_sentence(name: str) -> str:
    """A name or a label as it is written within a sentence: in lower case, but in German, which has nouns with a
    capital."""
    return name if language_of(locale()) == "de" else name.lower()


def listed(items: Iterable[str], style: Literal["standard", "or", "unit"] = "standard") -> str:
    """`Monday, Tuesday, and Friday`, as the language lists; `4 min, 12 s` in the style `unit`."""
    if style == "unit":
        return _of_units(list(items))
    return str(format_list(list(items), style=style, locale=locale()))


def _of_units(items: list[str]) -> str:
    """Babel lacks those patterns of a locale that CLDR's root has."""
    known = Locale.parse(locale()).list_patterns
    own: Mapping[str, str] = known.get("unit", {})
    rest, end = own.get("middle", "{0}, {1}"), own.get("end", "{0}, {1}")
    *first, last = items or [""]
    so_far = reduce(rest.format, first) if first else ""
    return end.format(so_far, last) if first else last

"""The language that texts are in: the reader's, from catalogs of messages that are found by their English text.

English is what the code says; `app/translations` has a catalog for each other language, in gettext's format
(https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html). Programs that the platform calls, operators and
logs read English: there is no reader with another locale.
"""

from app.language.catalogs import FOLDER, SOURCE, catalog_of
from app.language.locales import DEFAULT, LOCALES, language_of, negotiated, text_direction
from app.language.messages import (
    catalog,
    gettext,
    in_sentence,
    lazy_gettext,
    listed,
    marked,
    ngettext,
    npgettext,
    pgettext,
    translated,
)
from app.language.readers import locale, reader, speaking

__all__ = [
    "DEFAULT",
    "FOLDER",
    "LOCALES",
    "SOURCE",
    "catalog",
    "catalog_of",
    "gettext",
    "in_sentence",
    "language_of",
    "lazy_gettext",
    "listed",
    "locale",
    "marked",
    "negotiated",
    "ngettext",
    "npgettext",
    "pgettext",
    "reader",
    "speaking",
    "text_direction",
    "translated",
]

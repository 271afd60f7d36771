"""The messages of each language, read from its catalog when the first of them is needed."""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parents[1] / "translations"
SOURCE = "en"
"""The language of the code, which needs no catalog."""


@cache
def catalog_of(language: str) -> NullTranslations:
    """The messages of a language. What it lacks, or what needs a translator's look ("fuzzy"), is in English."""
    if language == SOURCE:
        return NullTranslations()
    with (FOLDER / f"{language}.po").open("rb") as file:
        catalog = read_po(file, locale=language)
    packed = BytesIO()
    write_mo(packed, catalog)
    packed.seek(0)
    return GNUTranslations(packed)

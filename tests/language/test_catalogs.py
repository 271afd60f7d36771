"""The translations: each language that is offered has every text, with the same values and the same markup."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from app.language import FOLDER, LOCALES, SOURCE, language_of
from dev.texts import is_translated, renewed, texts, written

OFFERED = sorted({language_of(locale) for locale in LOCALES} - {SOURCE})
KEPT = sorted(path.stem for path in FOLDER.glob("*.po"))
_VALUE = re.compile(r"%\((\w+)\)[sd]|%%")
_TAG = re.compile(r"</?\w[^>]*>")
_ENTITY = re.compile(r"&\w+;")


@pytest.fixture(scope="module")
def now() -> Catalog:
    return texts()


def test_what_is_offered_has_a_catalog() -> None:
    assert set(OFFERED) <= set(KEPT)


@pytest.mark.parametrize("language", KEPT)
def test_the_catalogs_have_the_texts_of_the_code(language: str, now: Catalog) -> None:
    path = FOLDER / f"{language}.po"
    assert written(renewed(path, now)) == path.read_bytes(), "Run `make texts`."


def test_no_text_lacks_its_translation() -> None:
    missing = [
        f"{language}: {message.id}"
        for language in OFFERED
        for message in catalog(language)
        if message.id and not is_translated(message)
    ]
    assert missing == []


@pytest.mark.parametrize("language", KEPT)
def test_translations_have_the_values_and_the_markup_of_their_texts(language: str) -> None:
    wrong = [fault for message in catalog(language) for fault in faults(message)]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "said", "is_wrong"),
    [
        ("%(a)s of %(b)s", "%(b)s: %(a)s", False),
        ("%(a)s of %(b)s", "%(a)s", True),
        ("%(a)s", "%(a)s %(b)s", True),
        ("50%%", "50 %", True),
        ("50%%", "50 %%", False),
        ("<b>%(a)s</b>", "%(a)s", True),
        ('<a href="%(to)s">Go</a>', '<a href="%(to)s" onclick="x">Los</a>', True),
        ("Save", " Sichern", True),
        ("Save.", "Sichern", True),
        (("%(num)s call", "%(num)s calls"), ("Ein Anruf", "%(num)s Anrufe"), False),
        (("%(num)s call", "%(num)s calls"), ("%(num)s Anruf", "Anrufe"), True),
    ],
)
def test_what_a_translation_lost_is_found(text: Any, said: Any, is_wrong: bool) -> None:
    assert bool(list(faults(Message(text, said)))) is is_wrong


def faults(message: Message) -> Iterator[str]:
    """What a translation has more or less than its text. A singular form may say the number in a word."""
    if (
        not message.id
        or not message.string
        or (isinstance(message.string, tuple) and not any(message.string))
    ):
        return
    several = isinstance(message.id, (tuple, list))
    text = message.id[-1] if several else message.id
    said = message.string if isinstance(message.string, (tuple, list)) else [message.string]
    for index, one in enumerate(said):
        values, of_text = _values(one), _values(text)
        if several and index == 0:
            values, of_text = values - {"num", "count"}, of_text - {"num", "count"}
        if values != of_text:
            yield f"{message.id!r}: values {sorted(values ^ of_text)}"
        if Counter(_TAG.findall(one)) != Counter(_TAG.findall(text)):
            yield f"{message.id!r}: markup of {one!r}"
        if re.search(r"%(?!\(\w+\)[sd]|%)", one.replace("%%", "")):
            yield f"{message.id!r}: a single percent sign"
        if (one[:1].isspace(), one[-1:].isspace()) != (text[:1].isspace(), text[-1:].isspace()):
            yield f"{message.id!r}: spaces around {one!r}"
        if text.rstrip()[-1:] in {".", "?", ":"} and one.rstrip()[-1:] not in {".", "?", ":", "…", "!"}:
            yield f"{message.id!r}: the end of {one!r}"


def catalog(language: str) -> Catalog:
    with (FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def _values(text: str) -> set[str]:
    return {match[1] for match in _VALUE.finditer(text) if match[1]}

"""A pseudo-language: every message in «accented, lengthened» letters, so that a text that is no message stands out, and a
layout that has no room for longer words shows it (https://www.w3.org/International/articles/article-text-size).

It takes the place of two languages that the product doesn't offer, one from left to right and one from right to left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from gettext import NullTranslations

from flask import request

from app.language import language_of, messages, reader

LEFT_TO_RIGHT = "nl_NL"
RIGHT_TO_LEFT = "he_IL"
LONGER = 0.4
"""How much longer a text is: German is by a third, and short labels by more."""
_PLAIN = "AEIOUYaeiouycnszgklr"
_ACCENTED = "ÅÉÎÖÛÝåéîöûýçñšžğķļř"
_ACCENTS = str.maketrans(_PLAIN, _ACCENTED)
_VOWELS = set("AEIOUYaeiouy")
_for_good = ExitStack()
_KEPT = re.compile(r"(%\(\w+\)[sd]|%%|<[^>]*>|&#?\w+;)")


class PseudoMessages(NullTranslations):
    """The catalog that has every message."""

    def gettext(self, message: str) -> str:
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return pseudo(message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)


def pseudo(message: str) -> str:
    """The message as the pseudo-language says it: with its values and its markup, and its spaces around it."""
    text = message.strip()
    if not text:
        return message
    before, _, after = message.partition(text)
    parts = _KEPT.split(text)
    # What is kept is at the odd places.
    said = "".join(
        part if at % 2 else _longer(part.translate(_ACCENTS), part) for at, part in enumerate(parts)
    )
    return f"{before}«{said}»{after}"


def _longer(accented: str, plain: str) -> str:
    owed = 0.0
    letters = []
    for letter, was in zip(accented, plain, strict=True):
        letters.append(letter)
        owed += LONGER if was.isalpha() else 0
        if was in _VOWELS and owed >= 1:
            letters.append(letter.lower())
            owed -= 1
    # A short word without vowels, too; never a tail of its own where there is no letter.
    last = max((at for at, letter in enumerate(letters) if letter.isalpha()), default=None)
    if last is not None:
        letters.insert(last + 1, "é" * round(owed))
    return "".join(letters)


@contextmanager
def speaking_pseudo(locale: str = LEFT_TO_RIGHT) -> Iterator[None]:
    """Every viewer of a page reads the pseudo-language; programs read English as ever."""
    with _offered():
        ask = reader.ask
        reader.ask = lambda: locale if ask() is not None else None
        try:
            yield
        finally:
            reader.ask = ask


def offer_pseudo() -> None:
    """For good, to viewers whose browser asks for one of the two before all others, as `locale` of a browser's context
    does. Who asks for another language notices nothing."""
    _for_good.enter_context(_offered())
    ask = reader.ask
    by_tag = {"nl-NL": LEFT_TO_RIGHT, "he-IL": RIGHT_TO_LEFT}

    def wanted() -> str | None:
        locale = ask()
        return locale if locale is None else by_tag.get(request.accept_languages.best or "", locale)

    reader.ask = wanted


@contextmanager
def _offered() -> Iterator[None]:
    module = vars(messages)
    before = module["catalog_of"]
    made = PseudoMessages()
    ours = {language_of(LEFT_TO_RIGHT), language_of(RIGHT_TO_LEFT)}
    module["catalog_of"] = lambda language: made if language in ours else before(language)
    try:
        yield
    finally:
        module["catalog_of"] = before

"""Where words are used that the glossary says not to use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from dev.words.glossary import Forbidden, Scope, forbidden, names_that_stay, split
from dev.words.places import files, seen


@dataclass(frozen=True, slots=True, order=True)
class Use:
    """A forbidden word in a file."""

    path: str
    words: str


def uses(words: Iterable[Forbidden] | None = None) -> Counter[Use]:
    """How often each file uses each word where the glossary says not to."""
    chosen = forbidden() if words is None else list(words)
    stays, found = names_that_stay(), Counter[Use]()
    for path, text in files():
        whole, shown = _Text(stays.sub("", text)), _Text(stays.sub("", seen(path, text)))
        for one in chosen:
            if number := (shown if one.scope is Scope.TEXTS else whole).count(one):
                found[Use(path, one.words)] = number
    return found


def count_in(text: str, word: Forbidden) -> int:
    """How often a text uses a word."""
    return _Text(text).count(word)


class _Text:
    """A text that is searched for many words."""

    def __init__(self, text: str) -> None:
        self._text = split(text)
        self._lower = self._text.lower()

    def count(self, word: Forbidden) -> int:
        return len(word.pattern.findall(self._text)) if word.first in self._lower else 0

"""A text that no translator sees."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_]{2,}")
# A sentence or a label: it begins with a capital letter that others follow, or has several words.
_SENTENCE = re.compile(r"^[^\w]*[A-Z][a-z']+\b|[A-Za-z']+[,:;]? [A-Za-z']+.*[.?!]$")


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """Where it is, and what it says."""

    path: str
    line: int
    text: str


def has_words(text: str) -> bool:
    """Whether there is anything in it that can be translated."""
    return bool(_WORD.search(text))


def looks_like_text(text: str) -> bool:
    """Whether a string of a program is for people, as far as one can tell from itself."""
    return bool(_SENTENCE.search(text)) and "://" not in text and not text.startswith(("/", "#", "."))

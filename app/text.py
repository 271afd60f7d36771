"""Text from people or programs: what can be stored, and how it is shown.

Text is stored as received. When shown, it can't break a document, a line or the order of surrounding text.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

REPLACEMENT: Final = "\ufffd"
"""Shown in place of a character that can't be shown."""

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""PostgreSQL's text holds no NUL (https://www.postgresql.org/docs/current/datatype-character.html), and a surrogate
that has no partner is no character and has no UTF-8 (The Unicode Standard, section 3.9, D90 and D92)."""

_UNSHOWN = re.compile(
    "[\u202a-\u202e\u2066-\u2069"  # change the direction of the text that follows, including amounts (UAX #9)
    "\ufeff"  # a byte order mark, which PDF/UA forbids in text
    "\ufff9-\ufffb]"  # marks of interlinear notes, without a meaning in plain text
)
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF)
)
_UNREADABLE = re.compile(f"[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff{_NONCHARACTERS}]")
"""Control characters, but for those that space words, and noncharacters."""

_DRAWN_AS_NOTHING = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | frozenset(
    map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)
"""Letters, marks and symbols that have no ink: fillers, joiners and selectors of variants, which the Unicode Standard
calls default ignorable (DerivedCoreProperties.txt), and the empty pattern of Braille."""

_SPACING = re.compile("[\t-\r\x1c-\x1f\x85\u2028\u2029]+")
_INVISIBLE_AROUND = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"  # what is a space to Unicode
    "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
)
"""Stripped, and not by a pattern: one that ends at the end of a text begins again at each space in it."""


def is_storable(text: str) -> bool:
    """Whether the database can hold `text`."""
    return _UNSTORABLE.search(text) is None


def is_blank(text: str) -> bool:
    """Whether nothing of `text` can be seen: it is empty, or only spaces, controls and what is drawn as nothing."""
    return all(unicodedata.category(one)[0] in "CZ" or one in _DRAWN_AS_NOTHING for one in text)


def without_unstorable(text: str) -> str:
    """`text` with unstorable characters replaced by a visible one."""
    return _UNSTORABLE.sub(REPLACEMENT, text)


def shown(text: str) -> str:
    """`text` for a reader. Line breaks stay; characters that would affect surrounding text are removed."""
    if text.isascii() and text.isprintable():
        return text
    return _UNREADABLE.sub(REPLACEMENT, _UNSHOWN.sub("", text))


def shown_in_a_line(text: str) -> str:
    """`text` for a reader, without line breaks."""
    return shown(_SPACING.sub(" ", text))


def tidied(text: str) -> str:
    """A typed or pasted line without invisible characters: control characters, and surrounding whitespace."""
    return shown_in_a_line(text).strip(_INVISIBLE_AROUND)

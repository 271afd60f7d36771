"""The alphabet of text messages (3GPP TS 23.038, section 6.2.1): with any other character in it, less than half fits.

In that alphabet a message of several parts has 153 septets in each; with any other character, 67 code units of UTF-16
(3GPP TS 23.040, section 9.2.3.24.1).
"""

from __future__ import annotations

import unicodedata

PARTS = 2
"""The most parts of a message."""
_SEPTETS, _UNITS = 153 * PARTS, 67 * PARTS

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€")
"""These take two septets."""
_PLAIN = {
    "\u2212": "-", "\u2010": "-", "\u2011": "-", "\u2013": "-", "\u2014": "-",
    "\u2019": "'", "\u2018": "'", "`": "'", "\u201c": '"', "\u201d": '"', "\u00ab": '"', "\u00bb": '"',
    "\u201a": "'", "\u2039": "'", "\u203a": "'", "\u201e": '"', "\u2022": "*", "\u00b7": "-", "\u00d7": "x",
    "\u2026": "...", "\u00a0": " ", "\u202f": " ", "\t": " ",
    "\u0141": "L", "\u0142": "l", "\u0110": "D", "\u0111": "d", "\u0131": "i", "\u0152": "OE", "\u0153": "oe",
}  # fmt: skip
_DROPPED = {"Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Me", "Sk", "So"}
"""Emoji, accents of their own, and what can't be seen: nothing is lost that has to be read."""


def plain(words: str) -> str:
    """The same in the alphabet, as far as its letters are Latin; letters of other scripts stay."""
    return "".join(map(_plain, unicodedata.normalize("NFC", words)))


def fits(words: str) -> bool:
    """Whether it takes at most `PARTS` parts."""
    if all(char in _BASIC or char in _EXTENDED for char in words):
        return len(words) + sum(char in _EXTENDED for char in words) <= _SEPTETS
    return len(words.encode("utf-16-le")) // 2 <= _UNITS


def _plain(char: str) -> str:
    if char in _BASIC or char in _EXTENDED:
        return char
    if char in _PLAIN:
        return _PLAIN[char]
    base = unicodedata.normalize("NFKD", char)[0]
    if base in _BASIC:
        return base
    return "" if unicodedata.category(char) in _DROPPED else char

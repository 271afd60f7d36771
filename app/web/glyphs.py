"""Which characters a font covers, read from its `cmap` table; and text without those that no font covers.

https://learn.microsoft.com/en-us/typography/opentype/spec/cmap
"""

from __future__ import annotations

import re
import struct
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from app.text import REPLACEMENT, shown_in_a_line

_NEVER_DRAWN = re.compile(
    "[\xad\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\U000e0020-\U000e007f\U000e0100-\U000e01ef]"
)
"""Joiners, direction marks, variation selectors and tags, which change how other characters are rendered."""


class Coverage:
    """The characters of one font, as ranges."""

    def __init__(self, ranges: Iterable[tuple[int, int]]) -> None:
        """`ranges` are first and last code points, in any order."""
        ordered = sorted(ranges)
        self._firsts = [first for first, _ in ordered]
        self._lasts = [last for _, last in ordered]

    @classmethod
    def of(cls, font: Path) -> Coverage:
        """Read the coverage of an OpenType file. Only reads the table, because the files have many megabytes."""
        with font.open("rb") as file:
            return cls(_ranges(file))

    def draws(self, text: str) -> bool:
        """Whether every character of `text` has a glyph."""
        return all(map(self._has, map(ord, _NEVER_DRAWN.sub("", text))))

    def _has(self, code: int) -> bool:
        place = bisect_right(self._firsts, code) - 1
        return place >= 0 and code <= self._lasts[place]


def legible(text: str, fonts: Sequence[Coverage]) -> str:
    """`text` as a line that the fonts can render, with replacement characters for what none of them covers.

    A letter and its marks are rendered in one font or not at all.
    """
    line = shown_in_a_line(text)
    if line.isascii():
        return line
    return "".join(
        cluster if any(_is_drawn(cluster, font) for font in fonts) else REPLACEMENT
        for cluster in _clusters(line)
    )


def _is_drawn(cluster: str, font: Coverage) -> bool:
    return font.draws(cluster) or font.draws(unicodedata.normalize("NFC", cluster))


def _clusters(text: str) -> Iterator[str]:
    """Letters, each with the marks and joiners that follow it."""
    begin = 0
    for place in range(1, len(text)):
        char = text[place]
        is_mark = unicodedata.category(char).startswith("M") or _NEVER_DRAWN.match(char)
        if not is_mark and text[place - 1] != "\u200d":
            yield text[begin:place]
            begin = place
    if text:
        yield text[begin:]


def _ranges(file: BinaryIO) -> Iterator[tuple[int, int]]:
    start = _table(file, b"cmap")
    file.seek(start)
    _, count = struct.unpack(">HH", file.read(4))
    records = [struct.unpack(">HHI", file.read(8)) for _ in range(count)]
    formats = {_format(file, start + offset): start + offset for _, _, offset in records}
    if 12 in formats:
        yield from _groups(file, formats[12])
    elif 4 in formats:
        yield from _segments(file, formats[4])


def _table(file: BinaryIO, wanted: bytes) -> int:
    _, count = struct.unpack(">IH", file.read(6))
    file.read(6)
    for _ in range(count):
        tag, _, offset, _ = struct.unpack(">4sIII", file.read(16))
        if tag == wanted:
            return int(offset)
    raise ValueError(f"The font has no table {wanted!r}.")


def _format(file: BinaryIO, start: int) -> int:
    file.seek(start)
    return int(struct.unpack(">H", file.read(2))[0])


def _groups(file: BinaryIO, start: int) -> Iterator[tuple[int, int]]:
    """Format 12: segmented coverage."""
    file.seek(start + 12)
    (count,) = struct.unpack(">I", file.read(4))
    for first, last, glyph in struct.iter_unpack(">III", file.read(12 * count)):
        yield (first, last) if glyph else (first + 1, last)


def _segments(file: BinaryIO, start: int) -> Iterator[tuple[int, int]]:
    """Format 4: segments of the Basic Multilingual Plane, the last of which ends the table."""
    file.seek(start + 6)
    count = struct.unpack(">H", file.read(2))[0] // 2
    file.read(6)
    lasts = struct.unpack(f">{count}H", file.read(2 * count))
    file.read(2)
    firsts = struct.unpack(f">{count}H", file.read(2 * count))
    yield from ((first, last) for first, last in zip(firsts, lasts, strict=True) if first != 0xFFFF)

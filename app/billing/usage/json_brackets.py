"""Splits JSON by its outermost brackets without parsing what is inside.

A decoder rejects a whole document for one bad byte. Here an array is split into its elements, and an object into its
members, so that an error only affects one of them. Nothing recurses, so deep nesting does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?P<end>")?|[\[\]{},:]', re.DOTALL)
"""A string, or a character of structure. Both are ASCII, so invalid UTF-8 can't be mistaken for one. A string without
an end is one, too, up to the end of the text: looked for again from each quote in it, it would take hours."""
_OPENED_BY = {b"]": b"[", b"}": b"{"}
_BLANK = b" \t\r\n"


class NotSplittableError(ValueError):
    """The text has no such brackets, or they don't match."""


def elements(body: bytes) -> list[bytes]:
    """The raw elements of an array, valid or not. Raises `NotSplittableError`."""
    if body.strip(_BLANK)[:1] != b"[":
        raise NotSplittableError("it does not begin with [")
    parts = list(_parts(body))
    if len(parts) == 1 and not parts[0]:
        return []
    if not all(parts):
        raise NotSplittableError("there is nothing between two commas")
    return parts


def has_more_than(most: int, body: bytes) -> bool:
    """Whether an array has more elements than that. Looks no further than the first one too many, and makes nothing
    of them. False for what isn't an array."""
    if body.strip(_BLANK)[:1] != b"[":
        return False
    try:
        return sum(1 for _ in islice(_parts(body), most + 1)) > most
    except NotSplittableError:
        return False


def members(body: bytes) -> list[tuple[bytes, bytes]]:
    """The members of an object, raw names (with quotes) and values. Raises `NotSplittableError`."""
    if body.strip(_BLANK)[:1] != b"{":
        raise NotSplittableError("it does not begin with {")
    parts = list(_parts(body))
    return [] if parts == [b""] else [_member(part) for part in parts]


def _member(part: bytes) -> tuple[bytes, bytes]:
    name = _TOKEN.match(part)
    rest = part[name.end() :].lstrip(_BLANK) if name else b""
    if name is None or not part.startswith(b'"') or not rest.startswith(b":"):
        raise NotSplittableError("a member has no name")
    return name[0], rest[1:].strip(_BLANK)


def _parts(body: bytes) -> Iterator[bytes]:
    """The parts between commas within the outermost brackets, without surrounding whitespace."""
    opened: list[bytes] = []
    start = reached = 0
    for token in _TOKEN.finditer(body):
        reached, mark = token.end(), token[0]
        if mark.startswith(b'"') and token["end"] is None:
            raise NotSplittableError("a text in it has no end")
        if mark in {b"[", b"{"}:
            opened.append(mark)
            if len(opened) == 1:
                start = reached
        elif mark in _OPENED_BY:
            if not opened or opened.pop() != _OPENED_BY[mark]:
                raise NotSplittableError("its brackets don't match")
            if not opened:
                yield body[start : token.start()].strip(_BLANK)
                break
        elif mark == b"," and len(opened) == 1:
            yield body[start : token.start()].strip(_BLANK)
            start = reached
    if opened or body[reached:].strip(_BLANK):
        raise NotSplittableError("it does not end where its brackets do")

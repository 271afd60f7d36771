"""Why an event can't be decoded, and how much of it can be stored."""

from __future__ import annotations

from typing import Any

import msgspec

from app.billing.usage import json_brackets
from app.billing.usage.events import LONGEST
from app.billing.usage.json_brackets import NotSplittableError
from app.text import is_storable, without_unstorable

_NO_OBJECT = "Not a JSON object in UTF-8."
_CONTAINERS = {(), ("data",), ("data", "corrects")}
"""Objects whose invalid fields are named; fields of other objects mean nothing here, whatever they are called."""
_LONGEST_SHOWN = 300
_LONGEST_STORED = 20_000
_DEEPEST_STORED = 32
_BEGINNING = 2_000
_LONGEST_READ = 1_000_000
"""Bytes of what is looked into: an event has a hundredth of them, and what is decoded without a type takes much more
memory than its text."""


def find(raw: bytes) -> tuple[str, str]:
    """The field of an event that can't be decoded, and the reason; the field is empty if the event as a whole
    is invalid."""
    if len(raw) > _LONGEST_READ:
        return "", f"Has more than {_LONGEST_READ:,} bytes."
    return _defect(raw, ()) or ("", _NO_OBJECT)


def _defect(raw: bytes, path: tuple[str, ...]) -> tuple[str, str] | None:
    reason = _reason(raw)
    if reason is None:
        return None
    if path in _CONTAINERS and (inside := _defect_of_members(raw, path)):
        return inside
    return ".".join(path), reason if path else _NO_OBJECT


def _defect_of_members(raw: bytes, path: tuple[str, ...]) -> tuple[str, str] | None:
    try:
        members = json_brackets.members(raw)
    except NotSplittableError:
        return None
    for quoted, value in members:
        if _reason(quoted) is not None:
            return ".".join(path), "A field name is not valid Unicode."
        name = shortened(msgspec.json.decode(quoted, type=str))
        if found := _defect(value, (*path, name)):
            return found
    return None


def _reason(raw: bytes) -> str | None:
    try:
        raw.decode()
        msgspec.json.decode(raw)
    except UnicodeDecodeError:
        return "Not valid UTF-8."
    except RecursionError:
        return "Nested too deeply."
    except msgspec.DecodeError:
        return "Not valid JSON: invalid Unicode, a control character, or a missing value."
    return None


def shortened(text: str) -> str:
    """Input shortened for messages and storage: without NUL and of bounded length."""
    return without_unstorable(text[:_LONGEST_SHOWN])


def body_of(raw: bytes) -> Any:
    """A rejected event in the form in which it is stored: its JSON if that can be stored, otherwise its
    beginning as text, which can't be replayed."""
    if len(raw) <= _LONGEST_STORED:
        try:
            raw.decode()
            body = msgspec.json.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass
        else:
            if _is_storable(body):
                return body
    return {"text": without_unstorable(raw[:_BEGINNING].decode("utf-8", "replace"))}


def is_beginning(body: Any) -> bool:
    """Whether only the beginning of the event was stored."""
    return isinstance(body, dict) and body.keys() == {"text"}


def _is_storable(value: Any, depth: int = 0) -> bool:
    if isinstance(value, str):
        return is_storable(value)
    if isinstance(value, dict):
        parts = [*value.keys(), *value.values()]
    elif isinstance(value, list):
        parts = value
    else:
        return True
    return depth < _DEEPEST_STORED and all(_is_storable(part, depth + 1) for part in parts)


def names_of(raw: bytes) -> tuple[str | None, str | None]:
    """The source and id of an event, if it has them."""
    if len(raw) > _LONGEST_READ:
        return None, None
    try:
        members = dict(json_brackets.members(raw))
    except NotSplittableError:
        return None, None
    return _name(members.get(b'"source"')), _name(members.get(b'"id"'))


def _name(raw: bytes | None) -> str | None:
    try:
        found = msgspec.json.decode(raw or b"null", type=str | None)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return None if found is None else without_unstorable(found[:LONGEST])

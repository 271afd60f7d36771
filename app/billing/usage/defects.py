"""What is wrong with an event that can't be decoded, and what of it can be stored."""

from __future__ import annotations

from typing import Any

import msgspec

from app.billing.usage import json_brackets
from app.billing.usage.events import LONGEST
from app.billing.usage.json_brackets import NotSplittableError
from app.text import is_storable, without_unstorable

_NO_OBJECT = "It is no JSON object in UTF-8."
_CONTAINERS = ("", "data", "data.corrects")
"""Objects within which a wrong field is named; the names of fields elsewhere mean nothing here."""
_LONGEST_TOLD = 300
_LONGEST_KEPT = 20_000
_DEEPEST_KEPT = 32
_BEGINNING = 2_000


def find(raw: bytes) -> tuple[str, str]:
    """The field of an event that no decoder takes, and the reason; an empty field where it is the event as such."""
    return _defect(raw, "") or ("", _NO_OBJECT)


def _defect(raw: bytes, path: str) -> tuple[str, str] | None:
    reason = _reason(raw)
    if reason is None:
        return None
    if path in _CONTAINERS and (inside := _defect_of_members(raw, path)):
        return inside
    return path, reason if path else _NO_OBJECT


def _defect_of_members(raw: bytes, path: str) -> tuple[str, str] | None:
    try:
        members = json_brackets.members(raw)
    except NotSplittableError:
        return None
    for quoted, value in members:
        if _reason(quoted) is not None:
            return path, "The name of one of its fields isn't valid Unicode text."
        name = shortened(msgspec.json.decode(quoted, type=str))
        if found := _defect(value, f"{path}.{name}".lstrip(".")):
            return found
    return None


def _reason(raw: bytes) -> str | None:
    try:
        raw.decode()
        msgspec.json.decode(raw)
    except UnicodeDecodeError:
        return "It isn't valid text in UTF-8."
    except RecursionError:
        return "It is nested too deeply."
    except msgspec.DecodeError:
        return (
            "It isn't valid JSON: a text that isn't valid Unicode, a control character, or no value at all."
        )
    return None


def shortened(text: str) -> str:
    """What was sent, as it can be told and stored: without NUL and of a bounded length."""
    return without_unstorable(text[:_LONGEST_TOLD])


def body_of(raw: bytes) -> Any:
    """An event as it is stored when it was refused: its JSON where that can be stored, else its beginning as text,
    which can't be taken again."""
    if len(raw) <= _LONGEST_KEPT:
        try:
            raw.decode()
            body = msgspec.json.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass
        else:
            if _can_be_kept(body):
                return body
    return {"text": without_unstorable(raw[:_BEGINNING].decode("utf-8", "replace"))}


def is_beginning(body: Any) -> bool:
    """Whether a stored body is no more than the beginning of what came."""
    return isinstance(body, dict) and body.keys() == {"text"}


def _can_be_kept(value: Any, depth: int = 0) -> bool:
    if isinstance(value, str):
        return is_storable(value)
    if isinstance(value, dict):
        parts = [*value.keys(), *value.values()]
    elif isinstance(value, list):
        parts = value
    else:
        return True
    return depth < _DEEPEST_KEPT and all(_can_be_kept(part, depth + 1) for part in parts)


def names_of(raw: bytes) -> tuple[str | None, str | None]:
    """Source and id of an event, as far as it has them."""
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

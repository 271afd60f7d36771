"""Validation errors: every invalid field of a body, each with a JSON pointer (RFC 6901)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

from app.api.problems import FieldError

MOST = 50
"""The most errors in one response; that many usually have a single cause."""

_PLACE = re.compile(r"^(?P<what>.*?)(?: - at `(?P<where>[$].*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.(?P<name>[^.\[\]]+)|\[(?P<index>[0-9]+|\.\.\.)\]")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*)`", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(?P<name>.*)`", re.DOTALL)


def pointed_out(body: bytes, type_: Any, first: msgspec.ValidationError) -> list[FieldError]:
    """List what is wrong with a JSON body. The decoder stops at the `first` error, so fields are checked one by one.

    Raises the decoder's error if the rest of the body turns out not to be JSON.
    """
    return found_in(msgspec.json.decode(body), type_) or [error_of(first)]


def found_in(sent: Any, type_: Any, *, strict: bool = True) -> list[FieldError]:
    """List what is wrong with each field of `sent`, if `type_` is a struct."""
    info = msgspec.inspect.type_info(type_)
    if not isinstance(sent, dict) or not isinstance(info, msgspec.inspect.StructType):
        return []
    return list(islice(_of_fields(sent, type_, strict), MOST))


def error_of(error: msgspec.ValidationError, at: str = "") -> FieldError:
    """The decoder's error as a `FieldError`, below the pointer `at`."""
    match = _PLACE.match(str(error))
    what, where = (match["what"], match["where"] or "$") if match else (str(error), "$")
    pointer = at + "".join("/" + _escaped(step["name"] or step["index"]) for step in _STEP.finditer(where))
    for pattern, words in ((_UNKNOWN, "Unknown field."), (_MISSING, "Required field is missing.")):
        if named := pattern.fullmatch(what):
            return FieldError(words, pointer=f"{pointer}/{_escaped(named['name'])}")
    return FieldError(_without_backticks(what), pointer=pointer)


def _of_fields(sent: dict[str, Any], type_: Any, strict: bool) -> Iterator[FieldError]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(type_)}
    for name in sorted(sent.keys() - fields.keys()):
        yield FieldError("Unknown field.", pointer=f"/{_escaped(name)}")
    for name, field in fields.items():
        if name not in sent:
            if field.required:
                yield FieldError("Required field is missing.", pointer=f"/{_escaped(name)}")
            continue
        try:
            msgspec.convert(sent[name], field.type, strict=strict)
        except msgspec.ValidationError as error:
            yield error_of(error, f"/{_escaped(name)}")


def _without_backticks(what: str) -> str:
    """The decoder's message without backticks: `Expected int, got str.`"""
    return what.replace("`", "").rstrip(".") + "."


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")

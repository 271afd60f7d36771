"""Where a body is wrong: every field of it at once, with a JSON pointer (RFC 6901) to each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

from app.api.problems import FieldError

MOST = 50
"""How many things are named at once; who sends that many has one thing to mend."""

_PLACE = re.compile(r"^(?P<what>.*?)(?: - at `(?P<where>[$].*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.(?P<name>[^.\[\]]+)|\[(?P<index>[0-9]+|\.\.\.)\]")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*)`", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(?P<name>.*)`", re.DOTALL)


def pointed_out(body: bytes, type_: Any, first: msgspec.ValidationError) -> list[FieldError]:
    """What is wrong with a JSON body. The decoder stops at the `first`; here an object's fields are tried one by one.

    Raises what the decoder raises where the body turns out to be no JSON at all, further on.
    """
    return found_in(msgspec.json.decode(body), type_) or [error_of(first)]


def found_in(sent: Any, type_: Any, *, strict: bool = True) -> list[FieldError]:
    """What is wrong with each field of `sent`, where a struct is wanted."""
    info = msgspec.inspect.type_info(type_)
    if not isinstance(sent, dict) or not isinstance(info, msgspec.inspect.StructType):
        return []
    return list(islice(_of_fields(sent, type_, strict), MOST))


def error_of(error: msgspec.ValidationError, at: str = "") -> FieldError:
    """What the decoder says, below the pointer `at`."""
    match = _PLACE.match(str(error))
    what, where = (match["what"], match["where"] or "$") if match else (str(error), "$")
    pointer = at + "".join("/" + _escaped(step["name"] or step["index"]) for step in _STEP.finditer(where))
    for pattern, words in ((_UNKNOWN, "This field is not known here."), (_MISSING, "This field is missing.")):
        if named := pattern.fullmatch(what):
            return FieldError(words, pointer=f"{pointer}/{_escaped(named['name'])}")
    return FieldError(_in_words(what), pointer=pointer)


def _of_fields(sent: dict[str, Any], type_: Any, strict: bool) -> Iterator[FieldError]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(type_)}
    for name in sorted(sent.keys() - fields.keys()):
        yield FieldError("This field is not known here.", pointer=f"/{_escaped(name)}")
    for name, field in fields.items():
        if name not in sent:
            if field.required:
                yield FieldError("This field is missing.", pointer=f"/{_escaped(name)}")
            continue
        try:
            msgspec.convert(sent[name], field.type, strict=strict)
        except msgspec.ValidationError as error:
            yield error_of(error, f"/{_escaped(name)}")


def _in_words(what: str) -> str:
    """The decoder's words without its quotes: `Expected int, got str.`"""
    return what.replace("`", "").rstrip(".") + "."


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")

"""Parameters as Stripe takes them: form-encoded with brackets, checked against the operation's own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from stripe_sandbox.conformance.operations import params_shape
from stripe_sandbox.conformance.types import Shape, Type
from stripe_sandbox.errors import ApiError, invalid

DEEPEST = 10
"""Levels of brackets; no operation of Stripe's has as many."""
_BOOLEANS = {"true": True, "false": False}
_HOLDERS: dict[type, tuple[str, ...]] = {dict: ("ref", "dict"), list: ("list",)}
_PART = re.compile(r"\[([^\]]*)\]")


def decode(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """`a[b]=1&c[0]=x&d[]=y` as nested maps and lists."""
    root: dict[str, Any] = {}
    for name, value in pairs:
        head, _, rest = name.partition("[")
        keys = [head, *(_PART.findall(f"[{rest}") if rest else [])]
        if len(keys) > DEEPEST or any(key.isdecimal() and len(key) > 6 for key in keys):
            raise invalid(f"Invalid hash: {name[:100]}", param=head)
        place = root
        for key in keys[:-1]:
            place = place.setdefault(key, {})
            if not isinstance(place, dict):
                raise invalid(f"Invalid hash: {name}", param=head)
        last = keys[-1]
        place[last if last else str(len(place))] = value
    return {name: _lists(value) for name, value in root.items()}


def check(params: dict[str, Any], shape: Shape | None) -> dict[str, Any]:
    """The parameters with their types. Raises 400 `parameter_unknown`, `parameter_missing` or `…_invalid_…`."""
    fields = shape.fields if shape else {}
    for name in params:
        if name not in fields:
            raise _unknown(name)
    for name, type_ in fields.items():
        if type_.required and name not in params and name != "expand":
            raise _missing(name)
    return {name: _typed(value, fields[name], shape, name) for name, value in params.items()} if shape else {}


def _typed(value: Any, type_: Type, near: Shape, path: str) -> Any:  # noqa: PLR0911, one per kind
    match type_.kind:
        case "optional":
            return _typed(value, type_.parts[0], near, path)
        case "int":
            return _integer(value, path)
        case "float":
            return _number(value, path)
        case "bool":
            if not isinstance(value, str) or value not in _BOOLEANS:
                raise invalid(f"Invalid boolean: {value}", code="parameter_invalid_boolean", param=path)
            return _BOOLEANS[value]
        case "list":
            items = value if isinstance(value, list) else [value]
            return [
                _typed(item, type_.parts[0], near, f"{path}[{index}]") for index, item in enumerate(items)
            ]
        case "literal":
            return _one_of(value, type_.values, path)
        case "ref":
            return _nested(value, type_, near, path)
        case "dict":
            return _texts(value, path)
        case "union":
            return _any_of(value, type_, near, path)
        case "str":
            return _string(value, path)
    return value


def _any_of(value: Any, type_: Type, near: Shape, path: str) -> Any:
    for part in type_.parts:
        if part.kind in _HOLDERS.get(type(value), ()):
            return _typed(value, part, near, path)
    known = [one for part in type_.parts for one in part.values]
    if value in known:
        return value
    kinds = {part.kind for part in type_.parts}
    if "bool" in kinds and isinstance(value, str) and value in _BOOLEANS:
        return _BOOLEANS[value]
    if "int" in kinds:
        return _integer(value, path)
    if kinds <= {"ref", "dict"} or (kinds <= {"ref", "dict", "literal"} and not any(known)):
        return _map(value, path)
    return _one_of(value, known, path) if any(known) else _string(value, path)


def _nested(value: Any, type_: Type, near: Shape, path: str) -> Any:
    shape = params_shape(type_.name.strip('"'), near)
    if shape is None:
        return value
    for name in _map(value, path):
        if name not in shape.fields:
            raise _unknown(f"{path}[{name}]")
    for name, field in shape.fields.items():
        if field.required and name not in value:
            raise _missing(f"{path}[{name}]")
    return {name: _typed(item, shape.fields[name], shape, f"{path}[{name}]") for name, item in value.items()}


def _texts(value: Any, path: str) -> dict[str, Any]:
    """A map of texts, like metadata, within its limits (https://docs.stripe.com/metadata#data)."""
    pairs = _map(value, path)
    if len(pairs) > 50:
        raise invalid("You can have up to 50 keys.", param=path)
    for name, text in pairs.items():
        if len(name) > 40:
            raise invalid(f"Keys can have up to 40 characters; {name[:40]}… has {len(name)}.", param=path)
        if len(_string(text, f"{path}[{name}]")) > 500:
            raise invalid(f"Values can have up to 500 characters; {name} has {len(text)}.", param=path)
    return pairs


def _unknown(path: str) -> ApiError:
    return invalid(f"Received unknown parameter: {path}", code="parameter_unknown", param=path)


def _missing(path: str) -> ApiError:
    return invalid(f"Missing required param: {path}.", code="parameter_missing", param=path)


def _map(value: Any, path: str) -> dict[str, Any]:
    if value == "":
        raise invalid(f"You passed an empty string for '{path}'.", code="parameter_invalid_empty", param=path)
    if not isinstance(value, dict):
        raise invalid("Invalid object", param=path)
    return value


def _one_of(value: Any, known: Iterable[object], path: str) -> Any:
    if value not in known and value != "":
        words = ", ".join(str(one) for one in [*known][:8])
        raise invalid(f"Invalid {path}: must be one of {words}", param=path)
    return value


def _string(value: Any, path: str) -> Any:
    if isinstance(value, (dict, list)):
        raise invalid(f"Invalid string: {value}", param=path)
    return value


def _integer(value: Any, path: str) -> int:
    if not re.fullmatch(r"-?\d{1,15}", str(value), re.ASCII):
        raise invalid(f"Invalid integer: {value}", code="parameter_invalid_integer", param=path)
    return int(value)


def _number(value: Any, path: str) -> float:
    if not re.fullmatch(r"-?\d{1,12}(\.\d{1,12})?", str(value), re.ASCII):
        raise invalid(f"Invalid decimal: {value}", code="parameter_invalid_decimal", param=path)
    return float(value)


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdecimal() for key in value):
        return [_lists(value[key]) for key in sorted(value, key=int)]
    return {name: _lists(item) for name, item in value.items()}

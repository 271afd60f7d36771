"""Is an object what the SDK's classes say: all fields there, none unknown, of the right type, literals known."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.conformance.blank import SOMETIMES
from stripe_sandbox.conformance.reader import resolve, shape_of_object
from stripe_sandbox.conformance.types import Shape, Type

_PYTHON: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "bool": (bool,),
    "float": (int, float),
    "Decimal": (str,),
}


def problems(value: Any) -> list[str]:
    """What is wrong with an answer; nothing for one that conforms. Lists, errors and events are looked into."""
    if not isinstance(value, dict) or value.get("deleted"):
        return []
    if "error" in value:
        return [one for part in value["error"].values() for one in problems(part)]
    if value.get("object") in {"list", "search_result"}:
        return [one for item in value["data"] for one in problems(item)]
    if "object" not in value:
        return []
    shape = shape_of_object(value["object"])
    if shape is None:
        return [f"the SDK has no object {value['object']!r}"]
    inner = problems(value["data"].get("object")) if value["object"] == "event" else []
    return _compare(value, shape, value["object"]) + inner


def _compare(value: dict[str, Any], shape: Shape, path: str) -> list[str]:
    known = set(shape.fields)
    found = [f"{path}.{name} is not in the SDK's class" for name in set(value) - known]
    found += [f"{path}.{name} is missing" for name in known - set(value) - SOMETIMES]
    for name in known & set(value):
        found += _check(value[name], shape.fields[name], shape, f"{path}.{name}")
    return found


def _check(value: Any, type_: Type, shape: Shape, path: str) -> list[str]:  # noqa: PLR0911, one per kind
    match type_.kind:
        case "Any" | "object":
            return []
        case "optional":
            return [] if value is None else _check(value, type_.parts[0], shape, path)
        case "union":
            tried = [_check(value, part, shape, path) for part in type_.parts]
            return [] if any(not one for one in tried) else min(tried, key=len)
        case "literal":
            return [] if value in type_.values else [f"{path} is {value!r}, known are {type_.values}"]
        case "list":
            return _each(value if isinstance(value, list) else None, type_, shape, path)
        case "dict":
            return [] if isinstance(value, dict) else [f"{path} is not a map"]
        case "page":
            is_page = isinstance(value, dict) and value.get("object") == "list"
            return _each(value["data"], type_, shape, path) if is_page else [f"{path} is not a list object"]
        case "ref":
            inner = resolve(type_.name, shape)
            if inner is None:
                return []
            return _compare(value, inner, path) if isinstance(value, dict) else [f"{path} is not an object"]
    return _primitive(value, type_, path)


def _each(values: list[Any] | None, type_: Type, shape: Shape, path: str) -> list[str]:
    if values is None:
        return [f"{path} is not a list"]
    return [
        one
        for index, item in enumerate(values)
        for one in _check(item, type_.parts[0], shape, f"{path}[{index}]")
    ]


def _primitive(value: Any, type_: Type, path: str) -> list[str]:
    expected = _PYTHON.get(type_.kind, ())
    right = isinstance(value, expected) and not (isinstance(value, bool) and type_.kind != "bool")
    return [] if right else [f"{path} is {value!r}, not {type_.kind}"]

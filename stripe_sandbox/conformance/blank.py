"""New objects start with every field that their class has."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from stripe_sandbox.conformance.reader import resolve, shape_of_object
from stripe_sandbox.conformance.types import Shape, Type

ONLY_WHERE_DELETED = "deleted"
_EMPTY: dict[str, Any] = {"str": "", "int": 0, "bool": False, "float": 0.0, "Decimal": "0"}


def blank(object_name: str, **values: Any) -> dict[str, Any]:
    """An object of this class with `values`; what may be null is, lists and maps are empty."""
    made = copy.deepcopy(_blank(object_name))
    made.update(values)
    return made


@cache
def _blank(object_name: str) -> dict[str, Any]:
    shape = shape_of_object(object_name)
    if shape is None:
        raise LookupError(f"The SDK has no object {object_name!r}.")
    return _fields(shape)


def _fields(shape: Shape) -> dict[str, Any]:
    return {name: _value(type_, shape) for name, type_ in shape.fields.items() if name != ONLY_WHERE_DELETED}


def _value(type_: Type, shape: Shape) -> Any:
    match type_.kind:
        case "list":
            return []
        case "dict":
            return {}
        case "page":
            return {"object": "list", "data": [], "has_more": False, "url": ""}
        case "literal":
            return type_.values[0]
        case "union":
            return _value(type_.parts[0], shape)
        case "ref":
            inner = resolve(type_.name, shape)
            return _fields(inner) if inner and not inner.object_name else None
    return _EMPTY.get(type_.kind)

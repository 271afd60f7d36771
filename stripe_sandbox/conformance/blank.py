"""New objects start with every field that their class has."""

from __future__ import annotations

from functools import cache
from typing import Any

from stripe_sandbox.conformance.reader import resolve, shape_of_class, shape_of_object
from stripe_sandbox.conformance.types import Shape, Type
from stripe_sandbox.copying import copied

SOMETIMES = frozenset({"deleted", "previous_attributes"})
"""Fields that are left out, not null, where they mean nothing."""
_EMPTY: dict[str, Any] = {"str": "", "int": 0, "bool": False, "float": 0.0, "Decimal": "0"}


def blank(object_name: str, **values: Any) -> dict[str, Any]:
    """An object of this class with `values`; what may be null is, lists and maps are empty."""
    made: dict[str, Any] = copied(_blank(object_name))
    if "metadata" in made:
        made["metadata"] = {}
    made.update(values)
    return made


@cache
def _blank(object_name: str) -> dict[str, Any]:
    shape = shape_of_object(object_name)
    if shape is None:
        raise LookupError(f"The SDK has no object {object_name!r}.")
    return fields_of(shape)


def part_of(class_name: str, *path: str) -> dict[str, Any]:
    """A blank part of an object, like the `Card` of a `PaymentMethod`."""
    made: dict[str, Any] = copied(_part_of(class_name, *path))
    return made


@cache
def _part_of(class_name: str, *path: str) -> dict[str, Any]:
    shape = shape_of_class(class_name)
    for name in path:
        shape = shape.inner.get(name) if shape else None
    if shape is None:
        raise LookupError(f"The SDK has no {'.'.join([class_name, *path])}.")
    return fields_of(shape)


def fields_of(shape: Shape) -> dict[str, Any]:
    return {name: _value(type_, shape) for name, type_ in shape.fields.items() if name not in SOMETIMES}


def _value(type_: Type, shape: Shape) -> Any:
    made = _EMPTY.get(type_.kind)
    match type_.kind:
        case "list":
            made = []
        case "dict":
            made = {}
        case "page":
            made = {"object": "list", "data": [], "has_more": False, "url": ""}
        case "literal":
            made = type_.values[0]
        case "union":
            made = _value(type_.parts[0], shape)
        case "ref":
            inner = resolve(type_.name, shape)
            made = fields_of(inner) if inner and not inner.object_name else None
    return made

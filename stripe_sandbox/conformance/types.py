"""Types as the SDK's annotations write them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

PRIMITIVES = {"str", "int", "bool", "float", "Decimal", "Any", "object", "None"}


@dataclass(frozen=True, slots=True)
class Type:
    """`kind` is a primitive's name, or `optional`, `union`, `list`, `dict`, `literal`, `page` or `ref`."""

    kind: str
    parts: tuple[Type, ...] = ()
    values: tuple[object, ...] = ()
    name: str = ""
    required: bool = True


@dataclass(slots=True)
class Shape:
    """A class of the SDK: its fields, and the classes written inside it. `parent` is the one it is inside of."""

    name: str
    fields: dict[str, Type] = field(default_factory=dict)
    inner: dict[str, Shape] = field(default_factory=dict)
    parent: Shape | None = None
    bases: tuple[str, ...] = ()
    object_name: str = ""


def read_type(node: ast.expr) -> Type:  # noqa: PLR0911, one per notation
    """The type that an annotation writes."""
    match node:
        case ast.Constant(value=str() as text):
            return read_type(ast.parse(text, mode="eval").body)
        case ast.Constant(value=None):
            return Type("None")
        case ast.Name(id=name):
            return Type(name) if name in PRIMITIVES else Type("ref", name=name)
        case ast.Attribute():
            return Type("ref", name=ast.unparse(node))
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _union([read_type(left), read_type(right)])
        case ast.Subscript(value=base, slice=inside):
            return _subscript(last_name(base), inside)
    return Type("Any")


def last_name(node: ast.expr) -> str:
    """What a dotted name ends with: `Any` of `typing.Any`. Empty for anything else."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _subscript(base: str, inside: ast.expr) -> Type:  # noqa: PLR0911, one per notation
    parts = list(inside.elts) if isinstance(inside, ast.Tuple) else [inside]
    match base:
        case "Literal":
            return Type(
                "literal", values=tuple(part.value for part in parts if isinstance(part, ast.Constant))
            )
        case "Optional":
            return Type("optional", (read_type(parts[0]),))
        case "NotRequired":
            inner = read_type(parts[0])
            return Type(inner.kind, inner.parts, inner.values, inner.name, required=False)
        case "Union" | "ExpandableField":
            members = [read_type(part) for part in parts]
            return _union([Type("str"), *members] if base == "ExpandableField" else members)
        case "List":
            return Type("list", (read_type(parts[0]),))
        case "ListObject" | "SearchResultObject":
            return Type("page", (read_type(parts[0]),))
        case "Dict" | "Mapping" | "UntypedStripeObject":
            return Type("dict", (read_type(parts[-1]),))
    return Type("Any")


def _union(members: list[Type]) -> Type:
    flat = [part for member in members for part in (member.parts if member.kind == "union" else (member,))]
    if any(set(part.values) - {""} for part in flat):
        # The SDK leaves its enums open (`Literal["a", "b"] | str`); the stand-in says only what is in them.
        flat = [part for part in flat if part.kind != "str"]
    return Type("union", tuple(flat)) if len(flat) > 1 else flat[0]

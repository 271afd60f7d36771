"""Reads the installed SDK with `ast`: object classes, parameters of operations. Nothing of it is run."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import stripe

from stripe_sandbox.conformance.types import Shape, Type, last_name, read_type

SDK = Path(stripe.__file__).parent


@cache
def shape_of_object(object_name: str) -> Shape | None:
    """The class of the objects whose `object` is this: `test_helpers.test_clock` stands in a folder."""
    *folders, name = object_name.split(".")
    path = SDK.joinpath(*folders, f"_{_FILES.get(name, name)}.py")
    if not path.exists():
        return None
    shapes = read_file(path)
    return next((shape for shape in shapes.values() if shape.object_name == object_name), None)


_FILES = {"invoiceitem": "invoice_item", "line_item": "invoice_line_item"}


@cache
def shape_of_class(name: str) -> Shape | None:
    """A class of the SDK by its name: `PaymentMethod` stands in `_payment_method.py`."""
    path = SDK / f"_{_snake(name)}.py"
    return read_file(path).get(name) if path.exists() else None


@cache
def read_file(path: Path) -> dict[str, Shape]:
    """The classes of a file by name."""
    tree = ast.parse(path.read_text())
    return {node.name: _shape(node, None) for node in tree.body if isinstance(node, ast.ClassDef)}


def resolve(name: str, within: Shape) -> Shape | None:
    """The class that `name` means inside of another: one of its own, of those around it, or of the SDK."""
    first, *rest = name.split(".")
    scope: Shape | None = within
    found: Shape | None = None
    while scope is not None and found is None:
        found = scope.inner.get(first) or (scope if scope.name == first else None)
        scope = scope.parent
    found = found or shape_of_class(first)
    for part in rest:
        found = found.inner.get(part) if found else None
    return found


def _shape(node: ast.ClassDef, parent: Shape | None) -> Shape:
    shape = Shape(node.name, parent=parent, bases=tuple(ast.unparse(base) for base in node.bases))
    for item in node.body:
        if isinstance(item, ast.ClassDef):
            shape.inner[item.name] = _shape(item, shape)
        elif isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            _add_field(shape, item, item.target.id)
    return shape


def _add_field(shape: Shape, item: ast.AnnAssign, name: str) -> None:
    annotation = item.annotation.value if isinstance(item.annotation, ast.Subscript) else item.annotation
    if last_name(annotation) != "ClassVar":
        shape.fields[name.rstrip("_") if name.endswith("_") else name] = read_type(item.annotation)
    elif name == "OBJECT_NAME" and isinstance(item.value, ast.Constant):
        shape.object_name = str(item.value.value)


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


__all__ = ["SDK", "Type", "read_file", "resolve", "shape_of_class", "shape_of_object"]

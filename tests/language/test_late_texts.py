"""A text is made when it is read: none when a module is imported, and none in what a process remembers, which would be
in the language of the first reader."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import app as product

MAKE_TEXTS = {"gettext", "ngettext", "pgettext", "npgettext", "translated", "listed", "locale"}
REMEMBER = {"cache", "lru_cache"}
FILES = sorted(Path(product.__file__).parent.rglob("*.py"))


def made_early(tree: ast.AST) -> Iterator[int]:
    """The lines where a text is made at import: outside of functions, or as a default or a decorator of one."""
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            todo += [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
            continue
        if isinstance(node, ast.Call) and _name(node.func) in MAKE_TEXTS:
            yield node.lineno
        todo += ast.iter_child_nodes(node)


def remembered(tree: ast.AST) -> Iterator[int]:
    """The lines where a function makes a text whose results are remembered."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        decorators = {
            _name(one.func if isinstance(one, ast.Call) else one) for one in function.decorator_list
        }
        if decorators & REMEMBER:
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and _name(node.func) in MAKE_TEXTS:
                    yield node.lineno


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def test_texts_are_made_when_they_are_read() -> None:
    found = [
        f"{file.relative_to(FILES[0].parent)}:{line}"
        for file in FILES
        for tree in [ast.parse(file.read_text())]
        for line in {*made_early(tree), *remembered(tree)}
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ('LABEL = gettext("Pay")', 1),
        ('class Form:\n    label = {"pay": gettext("Pay")}', 1),
        ('def pay(label=gettext("Pay")): ...', 1),
        ('@cache\ndef pay():\n    return gettext("Pay")', 1),
        ('@lru_cache(9)\ndef pay(n):\n    return language.ngettext("a", "b", n)', 1),
        ('LABEL = lazy_gettext("Pay")\nTABLE = {1: marked("Pay")}\nMAKE = lambda: gettext("Pay")', 0),
        ('def pay():\n    return gettext("Pay")', 0),
    ],
)
def test_what_counts_as_early(source: str, lines: int) -> None:
    tree = ast.parse(source)
    assert len({*made_early(tree), *remembered(tree)}) == lines

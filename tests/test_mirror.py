"""Tests mirror the rooms: a module that does something has a test of its name, or one that is named for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import ROOT

TESTED_ELSEWHERE = ROOT / "tests" / "tested_elsewhere.txt"


def test_every_module_that_does_something_is_tested() -> None:
    untested = [name for name in modules() if name not in elsewhere() and not own_test(name).exists()]
    assert untested == [], (
        "Write the test of its name, or name the one that tests it in tested_elsewhere.txt."
    )


def test_in_the_domain_every_one_has_a_test_of_its_name() -> None:
    """But for an enum with a property."""
    assert [name for name in elsewhere() if name.startswith("app/billing/")] == [
        "app/billing/purchases/outcome.py"
    ]


@pytest.mark.long
def test_what_is_named_for_a_module_is_there_and_needed() -> None:
    known = set(modules())
    gone = [name for name in elsewhere() if name not in known or own_test(name).exists()]
    assert gone == [], "These have a test of their name, do nothing, or are no modules: take them off."
    assert [test for test in elsewhere().values() if not (ROOT / test).is_file()] == []
    assert list(elsewhere()) == sorted(elsewhere())


@pytest.mark.parametrize(
    ("code", "does"),
    [
        ("LIMIT = 3\n", False),
        ("class Row(Base):\n    id: int\n", False),
        ("class Port(Protocol):\n    def send(self) -> None:\n        '''Send it.'''\n\n    def stop(self) -> None: ...\n", False),
        ("class Row(Base):\n    def total(self) -> int:\n        return 1\n", True),
        ("def total() -> int:\n    '''A sum.'''\n    return 1\n", True),
        ("async def total() -> int:\n    raise ValueError\n", True),
    ],
)  # fmt: skip
def test_a_module_does_something_where_a_function_has_a_body(code: str, does: bool) -> None:
    assert does_something(code) is does


def modules() -> Iterator[str]:
    """The modules of the product and the demo that do something: more than values, tables and protocols."""
    for package in ("app", "demo", "shell_demo"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if path.name != "__init__.py" and does_something(path.read_text()):
                yield path.relative_to(ROOT).as_posix()


def does_something(code: str) -> bool:
    """Whether a function of this code has more of a body than a docstring."""
    functions = (
        node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return any(not is_blank(step) for function in functions for step in function.body)


def is_blank(step: ast.stmt) -> bool:
    """Whether this is a docstring or `…`."""
    return isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant)


def own_test(name: str) -> Path:
    """Where the test of a module's name would be: without `app/`, whose rooms are those of `tests/`."""
    module = Path(name.removeprefix("app/"))
    return ROOT / "tests" / module.parent / f"test_{module.name}"


def elsewhere() -> dict[str, str]:
    """The modules that are tested by a test of another name, and that test."""
    lines = TESTED_ELSEWHERE.read_text().splitlines()
    return dict(line.split("\t") for line in lines if line and not line.startswith("#"))

"""The stand-in as a program that is installed by itself."""

from __future__ import annotations

import ast
import sys
import tomllib
from importlib import import_module
from typing import Any

import pytest
import stripe

from stripe_sandbox.testing import ROOT

HERE = ROOT / "stripe_sandbox"
PROJECT: dict[str, Any] = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]
MODULES = [path for path in sorted(HERE.rglob("*.py")) if "tests" not in path.relative_to(HERE).parts]


def test_its_version_is_that_of_stripes_api() -> None:
    api_version = stripe.api_version or ""
    assert PROJECT["version"] == api_version.partition(".")[0].replace("-", ".")
    newest = next(line for line in (HERE / "CHANGELOG.md").read_text().splitlines() if line.startswith("## "))
    assert newest == f"## {PROJECT['version']} (Stripe API {api_version}, SDK {stripe.VERSION})"
    assert f"stripe=={stripe.VERSION}" in PROJECT["dependencies"]


def test_it_needs_what_it_names_and_nothing_else() -> None:
    named = {line.partition(">")[0].partition("=")[0] for line in PROJECT["dependencies"]}
    imported = {name for path in MODULES for name in _imports(path.read_text())}
    assert imported - set(sys.stdlib_module_names) - {"stripe_sandbox"} == named


@pytest.mark.parametrize("entry", PROJECT["scripts"].values())
def test_its_command_is_there(entry: str) -> None:
    module, _, name = entry.partition(":")
    assert callable(getattr(import_module(module), name))


def _imports(code: str) -> set[str]:
    """The first part of the name of each module that is imported."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {one.name.partition(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found

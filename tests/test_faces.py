"""The packages of the domain, and those that follow Stripe, are used through faces: import-linter holds back the rest."""

from __future__ import annotations

import ast
from configparser import ConfigParser
from pathlib import Path

import pytest

from config import ROOT

APP = ROOT / "app"
PACKAGES = [
    *sorted(path.parent for path in APP.glob("billing/*/__init__.py")),
    APP / "reconciliation",
    APP / "stripe_events",
]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_what_a_face_does_not_name_is_protected(package: Path) -> None:
    modules = {path.stem for path in package.glob("*.py")} - {"__init__"}
    behind = {f"{dotted(package)}.{module}" for module in modules - named_by(package)}
    assert protected(package) == behind


def named_by(package: Path) -> set[str]:
    """What the face of a package names in `__all__`."""
    tree = ast.parse((package / "__init__.py").read_text())
    for node in tree.body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id == "__all__"
        ):
            return set(ast.literal_eval(node.value))
    raise AssertionError(f"{package.name} names nothing in __all__")


def dotted(package: Path) -> str:
    """A package as an import names it."""
    return ".".join(package.relative_to(ROOT).parts)


def protected(package: Path) -> set[str]:
    """The modules of a package that no other may import."""
    contracts = ConfigParser()
    contracts.read(ROOT / ".importlinter")
    section = f"importlinter:contract:face-of-{package.name}"
    if not contracts.has_section(section):
        return set()
    assert contracts[section]["allowed_importers"].split() == [dotted(package)]
    return set(contracts[section]["protected_modules"].split())

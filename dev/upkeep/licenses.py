"""`make licenses`: under which license each package comes, and which come under one that isn't on the list."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dev.errors import ToolError
from dev.upkeep import pinned, tools
from dev.upkeep.outcome import CLEAN, FOUND

LIST = Path(__file__).with_name("licenses.toml")


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package, and what it says of its license."""

    name: str
    version: str
    license: str
    is_of_the_product: bool


@dataclass(frozen=True, slots=True)
class Allowed:
    """Licenses that what is passed on may have, those of tools besides, and packages whose license file was read."""

    product: frozenset[str]
    tools: frozenset[str]
    said: Mapping[str, str]


def main() -> int:
    """Print each package with its license. Returns 1 where one isn't allowed, else 0."""
    packages, allowed = installed(), read_list()
    width = max(len(each.name) for each in packages) + 2
    for is_of_the_product, head in (
        (True, "What the product runs on"),
        (False, "What tests and checks need besides"),
    ):
        print(f"{head}:")
        for each in packages:
            if each.is_of_the_product is is_of_the_product:
                print(f"  {each.name:{width}}{each.version:22}{each.license}")
    refused = find_refused(packages, allowed)
    for each in refused:
        print(f"{each.name} comes under {each.license!r}, which dev/upkeep/licenses.toml doesn't allow.")
    print(f"{len(packages)} packages, {len(refused)} under a license that isn't allowed.")
    return FOUND if refused else CLEAN


def installed() -> list[Package]:
    """What requirements.txt and requirements-dev.txt pin. Raises ToolError where something of it isn't installed."""
    done = tools.run(
        "pip-licenses",
        "--python",
        str(tools.PRODUCT_PYTHON),
        "--format",
        "json",
        "--from",
        "mixed",
        "--with-system",
    )
    if done.returncode:
        raise ToolError(f"pip-licenses can't read the packages: {done.stderr.strip()}")
    found = {pinned.normalized(each["Name"]): each for each in json.loads(done.stdout)}
    product, others = pinned.pins(), pinned.pins("requirements-dev.txt")
    missing = sorted((product.keys() | others.keys()) - found.keys())
    if missing:
        raise ToolError(f"Not installed, so their license can't be read: {', '.join(missing)}")
    return [
        Package(name, found[name]["Version"], found[name]["License"], name in product)
        for name in sorted(product.keys() | others.keys())
    ]


def read_list(path: Path = LIST) -> Allowed:
    """The list of licenses that are allowed."""
    listed = tomllib.loads(path.read_text())
    return Allowed(frozenset(listed["product"]), frozenset(listed["tools"]), listed["said"])


def find_refused(packages: Iterable[Package], allowed: Allowed) -> list[Package]:
    """Those under a license that isn't on the list for what they are used for."""
    return [each for each in packages if not _is_allowed(each, allowed)]


def _is_allowed(package: Package, allowed: Allowed) -> bool:
    licenses = allowed.product if package.is_of_the_product else allowed.product | allowed.tools
    said = allowed.said.get(package.name, package.license)
    if said in licenses:
        return True
    joined = re.split(r" AND |; ", said)
    return all(any(one.strip("() ") in licenses for one in each.split(" OR ")) for each in joined)

"""What requirements*.txt pin, by the names under which packages know each other."""

from __future__ import annotations

import re

from config import ROOT

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
PRODUCT = "requirements.txt"
ALL = (PRODUCT, "requirements-dev.txt", "requirements-upkeep.txt")


def normalized(name: str) -> str:
    """A package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(file: str = PRODUCT) -> dict[str, str]:
    """The exact version of each package in a file at the top of the repository."""
    return {normalized(name): version for name, version in _PIN.findall((ROOT / file).read_text())}

"""`make secret-scan`: secrets in anything that was ever committed.

What looks like one and is none is in known_secrets.toml, by the beginning of its SHA-256, with why.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from config import ROOT
from dev.upkeep import git_contents, secret_kinds
from dev.upkeep.outcome import CLEAN, FOUND, UNABLE

KNOWN = Path(__file__).with_name("known_secrets.toml")


@dataclass(frozen=True, order=True, slots=True)
class Secret:
    """Something that looks like a secret. Never the secret itself: what is printed here ends in logs."""

    mark: str
    kind: str
    file: str


def main(repository: Path = ROOT) -> int:
    """Print what looks like a secret. Returns 1 where something isn't known, 3 where history is missing, else 0."""
    known = read_known()
    found = sorted(set(scan(git_contents.contents(repository))))
    new = [each for each in found if each.mark not in known]
    for each in new:
        print(f"{each.file}: {each.kind}, {each.mark}")
    if new:
        print(
            "Withdraw each where it opens something. What opens nothing goes into dev/upkeep/known_secrets.toml."
        )
    for mark in sorted(known.keys() - {each.mark for each in found}):
        print(f"{mark} ({known[mark]}) is nowhere: take it off dev/upkeep/known_secrets.toml.")
    marks = {each.mark for each in found}
    print(f"{len(marks - known.keys())} that aren't known, {len(marks & known.keys())} that are.")
    if not git_contents.is_complete(repository):
        print("Only the newest commits are here: `git fetch --unshallow` first.")
    return FOUND if new else CLEAN if git_contents.is_complete(repository) else UNABLE


def scan(contents: Iterable[tuple[str, bytes]]) -> Iterator[Secret]:
    """What looks like a secret in these contents, each with the name of its file."""
    for name, content in contents:
        for kind, secret in secret_kinds.find(content):
            yield Secret(mark_of(secret), kind.name, name)


def mark_of(secret: bytes) -> str:
    """What a secret is known by: 16 hexadecimal digits from which no one learns it."""
    return hashlib.sha256(secret).hexdigest()[:16]


def read_known(path: Path = KNOWN) -> Mapping[str, str]:
    """Why each known one is none, by its mark."""
    reasons: dict[str, dict[str, str]] = tomllib.loads(path.read_text())
    return reasons["none_of_these_opens_anything"]

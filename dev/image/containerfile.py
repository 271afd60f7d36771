"""Reads a Containerfile: its stages, and what each is made of."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Stage:
    """What a stage starts from, and its instructions in order: a word and the rest of the line."""

    base: str
    name: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, word: str) -> list[str]:
        """The rest of each instruction of a kind."""
        return [rest for found, rest in self.instructions if found == word]

    def environment(self) -> dict[str, str]:
        """What ENV sets."""
        return dict(pair.split("=", 1) for rest in self.all("ENV") for pair in rest.split())

    def words(self, word: str) -> list[str]:
        """The last instruction of a kind in its JSON form, without options."""
        rest = self.all(word)[-1]
        found: list[str] = json.loads(rest[rest.index("[") :])
        return found


def read(path: Path) -> list[Stage]:
    """The stages in order."""
    stages: list[Stage] = []
    text = path.read_text().replace("\\\n", " ")
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            stages.append(Stage(base, name))
        else:
            stages[-1].instructions.append((word, rest.strip()))
    return stages

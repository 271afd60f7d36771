"""The words not to use, read from docs/glossary.md itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from dev.demo import ROOT
from dev.errors import ToolError

GLOSSARY = ROOT / "docs" / "glossary.md"
_HEADING = ["term", "meaning", "not", "where"]
_GAP = r"[\s_-]+"


class Scope(StrEnum):
    """Where a word is not used."""

    EVERYWHERE = "everywhere"  # names, comments and docstrings, too
    NAMES = "names"  # of code: `look_after`, though a sentence may say it
    TEXTS = "texts"  # what people see: pages, emails, API, commands, documents


@dataclass(frozen=True)
class Forbidden:
    """A word or phrase not to use, and the term to use instead."""

    words: str
    instead: str
    scope: Scope

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds it as prose and as a name: `take back`, `take_back`, `TakeBack` (once split), over a line's end."""
        gap = "_" if self.scope is Scope.NAMES else _GAP
        phrase = gap.join(re.escape(word) for word in re.split(_GAP, split(self.words)))
        return re.compile(rf"(?<![A-Za-z]){phrase}(?![A-Za-z])", re.IGNORECASE)

    @cached_property
    def first(self) -> str:
        """Its first word, to tell quickly that a text doesn't use it."""
        return re.split(_GAP, self.words)[0].lower()


def forbidden(text: str | None = None) -> list[Forbidden]:
    """Every word not to use, in the glossary's order. Raises `ToolError` where a row has no scope that is known."""
    found: list[Forbidden] = []
    for line in (GLOSSARY.read_text() if text is None else text).splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if len(cells) != len(_HEADING) or cells == _HEADING or set(cells[0]) == {"-"}:
            continue
        term, _, words, where = cells
        for one in re.findall(r"`([^`]+)`", words):
            if where not in set(Scope):
                raise ToolError(f"The glossary doesn't say where {one!r} is not used: {where!r}.")
            found.append(Forbidden(one, term, Scope(where)))
    return found


def names_that_stay() -> re.Pattern[str]:
    """Finds the names that the database has, from the glossary's list of them."""
    rows = re.findall(r"^\| (`.*?) \|[^|]*\|$", GLOSSARY.read_text(), flags=re.MULTILINE)
    names = re.findall(r"`([^`]+)`", " ".join(rows))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)")


def split(text: str) -> str:
    """`TakeBack` as `Take Back`, so that names are found as prose is."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)

"""Texts written out in JavaScript: those that a person sees come from the page, in its reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dev.unwrapped.found import looks_like_text

# Comments, to pass over them, and the three kinds of strings.
_TOKENS = re.compile(
    r"//[^\n]*|/\*.*?\*/|(?P<string>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)", re.DOTALL
)
# What translators get, and errors that only programmers see.
_CALL = re.compile(r'\bn?gettext\(\s*"(?:[^"\\]|\\.)*"(?:,\s*"(?:[^"\\]|\\.)*")?|\bnew Error\("[^"]*"')
_VALUE = re.compile(r"\$\{[^}]*\}")
_HEADER = re.compile(r"^[A-Z][a-zA-Z]*(-[A-Za-z]+)*$")
_STYLE = re.compile(r"[:{][^;]*;")
_KEYS = {"Escape", "Enter", "Home", "End", "Backspace", "Top", "Bottom", "Shift", "Tab"}


def texts(source: str) -> Iterator[tuple[int, str]]:
    """The line and the words of each string that reads as a sentence or a label."""
    for token in _TOKENS.finditer(_CALL.sub(_blank, source)):
        if token["string"] is None:
            continue
        said = _VALUE.sub("{}", token["string"][1:-1])
        is_name = _HEADER.match(said) and ("-" in said or said in _KEYS or said.startswith("Arrow"))
        if looks_like_text(said) and not is_name and not _STYLE.search(said):
            yield source.count("\n", 0, token.start()) + 1, said


def _blank(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")

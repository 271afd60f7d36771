"""Looks through all that people read of the product."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path

from config import ROOT
from dev.unwrapped import code, scripts, templates
from dev.unwrapped.found import Found

_KINDS: tuple[tuple[str, str, Callable[[str], Iterator[tuple[int, str]]]], ...] = (
    ("app/templates", "*.*", templates.texts),
    ("app", "*.py", code.texts),
    ("app/static/js", "*.js", scripts.texts),
)
_OTHERWISE = Path(__file__).with_name("not_translated.txt")


def search() -> list[Found]:
    """The texts outside gettext, by file and line."""
    known = _not_translated()
    found = {
        Found(name, line, text)
        for folder, pattern, texts in _KINDS
        for path in (ROOT / folder).rglob(pattern)
        for name in [path.relative_to(ROOT).as_posix()]
        if not any(fnmatch(name, one) for one in known if ": " not in one)
        for line, text in texts(path.read_text())
        if f"{name}: {text}" not in known
    }
    return sorted(found)


def _not_translated() -> set[str]:
    lines = _OTHERWISE.read_text().splitlines()
    return {line for line in lines if line and not line.startswith("# ")}

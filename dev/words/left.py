"""The uses that are still there: a list that may only get shorter."""

from __future__ import annotations

from collections import Counter

from dev.demo import ROOT
from dev.words.finding import Use

LEFT = ROOT / "tests" / "words_left.txt"

_HEAD = """\
# Words that the glossary says not to use, and that are used all the same: path, how often, word.
# This list only gets shorter. `python -m dev.words --shorten` takes off what is gone; nothing is ever added.
"""


def allowed() -> Counter[Use]:
    """How often a file may still use a word."""
    found: Counter[Use] = Counter()
    for line in LEFT.read_text().splitlines():
        if line and not line.startswith("#"):
            path, number, words = line.split("\t")
            found[Use(path, words)] = int(number)
    return found


def write(left: Counter[Use]) -> None:
    """Write the list."""
    lines = [f"{use.path}\t{number}\t{use.words}\n" for use, number in sorted(left.items()) if number]
    LEFT.write_text(_HEAD + "".join(lines))

"""`make bench-compare OLD=… NEW=…`: what moved between two runs, beyond what rounds differ by anyway.

A figure moved where no round of one run is within the rounds of the other. Of two runs of five rounds that differ by
nothing, that happens once in 126 times, whatever the rounds are distributed like (two of the 252 ways to order ten).
Counts have one round: they are the same on every machine, so any change is one.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

Key = tuple[str, str]
"""The section of a figure, and what it is."""


@dataclass(frozen=True, slots=True)
class Move:
    """A figure that moved: the medians of its rounds before and after. `is_better` says which way."""

    section: str
    what: str
    before: float
    after: float
    is_better: bool

    def __str__(self) -> str:
        change = f"{self.after / self.before - 1:+.0%}" if self.before else "from nothing"
        way = "better" if self.is_better else "WORSE"
        return f"{way:6}  {self.section}: {self.what}: {self.before:,.4g} -> {self.after:,.4g} ({change})"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What moved, what only the old or the new run has, and how many figures stayed within their noise."""

    moved: list[Move]
    gone: list[Key]
    added: list[Key]
    same: int


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> Comparison:
    """Two runs as `figures.keep` writes them. What has no rounds is left out."""
    before, after = _rounds(old), _rounds(new)
    moved, same = [], 0
    for key in before.keys() & after.keys():
        (was, more_is_better), (now, _) = before[key], after[key]
        if is_apart(was, now):
            is_more = median(now) > median(was)
            moved.append(Move(*key, median(was), median(now), is_more == more_is_better))
        else:
            same += 1
    moved.sort(key=lambda one: (one.is_better, one.section, one.what))
    return Comparison(moved, sorted(before.keys() - after.keys()), sorted(after.keys() - before.keys()), same)


def is_apart(was: Sequence[float], now: Sequence[float]) -> bool:
    """Whether no round of one is within the rounds of the other."""
    return max(was) < min(now) or max(now) < min(was)


def _rounds(run: Mapping[str, Any]) -> dict[Key, tuple[list[float], bool]]:
    return {
        (one["section"], one["what"]): (one["rounds"], one.get("more_is_better", False))
        for one in run["figures"]
        if one.get("rounds")
    }


def main(asked: Sequence[str]) -> int:
    """Print what moved. Returns 1 where something got worse, 2 where there is nothing to compare."""
    try:
        old, new = (json.loads(Path(name).read_text()) for name in asked)
    except (OSError, ValueError) as error:
        print(f"Name two files that `make bench` has written, OLD=… and NEW=…: {error}", file=sys.stderr)
        return 2
    found = compare(old, new)
    for move in found.moved:
        print(move)
    for word, keys in (("gone", found.gone), ("new", found.added)):
        for section, what in keys:
            print(f"{word:6}  {section}: {what}")
    print(f"{found.same} figures are within the noise of their rounds, {len(found.moved)} moved.")
    return 0 if all(move.is_better for move in found.moved) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
